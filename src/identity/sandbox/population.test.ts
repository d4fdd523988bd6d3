import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateDocument } from '../documents/index.ts';
import { createPopulation } from './index.ts';

const SIZE = 200_000;
const population = createPopulation({ seed: 'sandbox', size: SIZE });

test('a person is the same in every run and differs with the seed', () => {
  const again = createPopulation({ seed: 'sandbox', size: 10 });
  assert.deepEqual(again.syntheticPerson(7), population.syntheticPerson(7));
  const other = createPopulation({ seed: 'other', size: 10 });
  assert.notEqual(other.syntheticPerson(7).documentNumber, again.syntheticPerson(7).documentNumber);
});

test('every number and phone of the whole population is unique', () => {
  const numbers = new Set<string>();
  const phones = new Set<string>();
  let males = 0;
  for (let index = 0; index < SIZE; index++) {
    const person = population.syntheticPerson(index);
    numbers.add(person.documentNumber);
    phones.add(person.phone);
    if (person.sex === 'male') males++;
  }
  assert.equal(numbers.size, SIZE);
  assert.equal(phones.size, SIZE);
  assert.ok(Math.abs(males / SIZE - 0.5) < 0.02);
});

test('a number leads back to its person, and each is a sound document of that person', () => {
  const ages = new Set<number>();
  let names = '';
  for (let index = 0; index < SIZE; index += 37) {
    const person = population.syntheticPerson(index);
    assert.deepEqual(population.findByDocument(person.documentNumber), person);
    const checked = validateDocument(
      { type: 'resident_id', number: person.documentNumber },
      '2026-01-01',
    );
    assert.ok(checked.ok);
    assert.deepEqual(checked.warnings, []);
    assert.equal(checked.document.birthDate, person.birthDate);
    assert.equal(checked.document.sex, person.sex);
    assert.match(person.phone, /^1[3-9]\d{9}$/);
    ages.add(2025 - Number(person.birthDate.slice(0, 4)));
    names += person.name;
  }
  assert.ok(Math.min(...ages) <= 0 && Math.max(...ages) >= 90 && Math.max(...ages) <= 96);
  assert.match(names, /·/);
  assert.match(names, /[𬍛㛃]/u);
});

test('a number is nobody’s when one digit differs, or beyond the population', () => {
  const { documentNumber } = population.syntheticPerson(4711);
  for (let at = 0; at < 18; at++) {
    const digit = (Number.parseInt(documentNumber.charAt(at), 10) + 1) % 10 || 0;
    const changed = documentNumber.slice(0, at) + String(digit) + documentNumber.slice(at + 1);
    assert.equal(population.findByDocument(changed), undefined, changed);
  }
  for (const number of ['', 'X', '11010519491231002X', '110105999999999999']) {
    assert.equal(population.findByDocument(number), undefined);
  }
  const small = createPopulation({ seed: 'sandbox', size: 4711 });
  assert.equal(small.findByDocument(documentNumber), undefined);
});

test('an index or a size out of range is refused', () => {
  for (const index of [-1, 0.5, SIZE, Number.NaN]) {
    assert.throws(() => population.syntheticPerson(index), RangeError);
  }
  for (const size of [0, 1.5, 1e9]) {
    assert.throws(() => createPopulation({ seed: 'sandbox', size }), RangeError);
  }
});
