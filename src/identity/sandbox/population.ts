import { createHash } from 'node:crypto';
import { checkDigit, currentCountyCodes, lookupRegion } from '../documents/index.ts';
import type { Sex } from '../documents/index.ts';
import {
  DOTTED_FEMALE,
  DOTTED_MALE,
  GIVEN_FEMALE,
  GIVEN_MALE,
  GIVEN_RARE,
  GIVEN_SHARED,
  SURNAMES,
} from './names.ts';

export type SyntheticPerson = {
  index: number;
  name: string;
  sex: Sex;
  birthDate: string;
  documentType: 'resident_id';
  documentNumber: string;
  phone: string;
};

export type Population = {
  size: number;
  /** @throws RangeError when the index is not in [0, size) */
  syntheticPerson(index: number): SyntheticPerson;
  /** The person with this normalised number, or undefined: the number is nobody's here. */
  findByDocument(number: string): SyntheticPerson | undefined;
};

/*
 * How a number finds its person without a table. Index i lives in region i mod R, as member
 * k = i div R. The member number hides in the document number: k mod 100 in the sequence digits
 * (through an affine map that differs by region), k div 100 in the birth day's number mod 10. So
 * region, sequence and birth day give back i; the person is made again and compared as a whole.
 *
 * Sequences lie in 900–999, which registration offices hardly ever reach in one day and county: it
 * makes a number that a real person also has unlikely, though never impossible.
 */
const SEQUENCE_BASE = 900;
const SEQUENCES = 100;
const SEQUENCE_STEP = 37;
/** Inverse of SEQUENCE_STEP mod SEQUENCES. */
const SEQUENCE_STEP_INVERSE = 73;
const DAY_CLASSES = 10;

const DAY_MS = 86_400_000;
const OLDEST_AGE = 95;

/** Share of the five-year age groups 0–4 to 95+ in per mille, near the census of 2020. */
const AGE_GROUPS = [
  55, 64, 60, 52, 53, 65, 88, 70, 66, 81, 86, 72, 52, 52, 35, 22, 14, 8, 4, 1,
] as const;

/** Segments without ordinary subscribers as far as is published; a sandbox texts nobody anyway. */
const PHONE_SEGMENTS = ['154', '160', '161', '163', '164', '168', '169'] as const;
const PHONES_PER_SEGMENT = 100_000_000;
/** Coprime to PHONES_PER_SEGMENT, so that multiplying by it only shuffles. */
const PHONE_STEP = 61_803_399;

/** A stream of choices that belongs to one key: the same key always makes the same choices. */
function choices(key: string): (limit: number) => number {
  let pool = createHash('sha256').update(key).digest();
  let at = 0;
  return (limit) => {
    if (at + 4 > pool.length) {
      pool = createHash('sha256').update(pool).digest();
      at = 0;
    }
    const value = pool.readUInt32BE(at);
    at += 4;
    return value % limit;
  };
}

function pick(list: readonly string[], choose: (limit: number) => number): string {
  return list[choose(list.length)] ?? '';
}

/** The smaller of two draws: the front of the list, where common surnames stand, comes up more. */
function pickCommon(list: readonly string[], choose: (limit: number) => number): string {
  return list[Math.min(choose(list.length), choose(list.length))] ?? '';
}

function makeName(sex: Sex, choose: (limit: number) => number): string {
  const kind = choose(100);
  if (kind < 2) {
    const given = pick(sex === 'male' ? DOTTED_MALE : DOTTED_FEMALE, choose);
    return `${given}·${pick(DOTTED_MALE, choose)}`;
  }
  const surname = pickCommon(SURNAMES, choose);
  const own = pick(sex === 'male' ? GIVEN_MALE : GIVEN_FEMALE, choose);
  if (kind < 4) return surname + pick(GIVEN_RARE, choose);
  if (kind < 20) return surname + own;
  return surname + pick(GIVEN_SHARED, choose) + own;
}

function drawAge(choose: (limit: number) => number): number {
  let left = choose(AGE_GROUPS.reduce((sum, share) => sum + share, 0));
  const group = AGE_GROUPS.findIndex((share) => (left -= share) < 0);
  return Math.min(OLDEST_AGE, group * 5 + choose(5));
}

type Region = { code: string; since: number };

/** Today's counties, shuffled by the seed so that neighbouring indexes do not share a province. */
function shuffledRegions(seed: string): Region[] {
  const rank = (code: string): string =>
    createHash('sha256').update(`${seed}:region:${code}`).digest('hex');
  return currentCountyCodes()
    .map((code) => ({ code, since: lookupRegion(code)?.since ?? 0, rank: rank(code) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
}

/** The birth day's number since 1970, in the wanted class mod 10, at most `age` years back. */
function birthDay(
  asOfDay: number,
  age: number,
  dayClass: number,
  choose: (limit: number) => number,
): number {
  const drawn = asOfDay - Math.floor(age * 365.2425) - choose(365);
  const offset = (((drawn - dayClass) % DAY_CLASSES) + DAY_CLASSES) % DAY_CLASSES;
  return drawn - offset;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/**
 * A population made from a seed: person i is the same on every machine and in every run, names,
 * numbers and phones are unique where real ones are, and none is taken from a real person.
 * `asOf` (YYYY-MM-DD) is the day on which the ages are 0–95.
 * @throws RangeError when `size` is more than the numbering can tell apart (over two million)
 */
export function createPopulation(options: {
  seed: string;
  size: number;
  asOf?: string;
}): Population {
  const { seed, size, asOf = '2026-01-01' } = options;
  const regions = shuffledRegions(seed);
  const capacity = regions.length * SEQUENCES * DAY_CLASSES;
  if (!Number.isInteger(size) || size < 1 || size > capacity) {
    throw new RangeError(`a population has 1 to ${capacity} persons`);
  }
  const positions = new Map(regions.map(({ code }, at) => [code, at]));
  const asOfDay = Date.parse(`${asOf}T00:00:00Z`) / DAY_MS;
  const phoneOffset = choices(`${seed}:phone`)(PHONES_PER_SEGMENT);
  const sequenceOffset = (at: number): number => (at * 7 + phoneOffset) % SEQUENCES;

  const syntheticPerson = (index: number): SyntheticPerson => {
    const at = index % regions.length;
    const region = regions[at];
    if (!region || !Number.isInteger(index) || index < 0 || index >= size) {
      throw new RangeError(`no synthetic person ${index}`);
    }
    const member = Math.floor(index / regions.length);
    const choose = choices(`${seed}:person:${index}`);
    const slot = ((member % SEQUENCES) * SEQUENCE_STEP + sequenceOffset(at)) % SEQUENCES;
    const sex: Sex = slot % 2 === 1 ? 'male' : 'female';
    // Nobody is born in a county before it existed, as far as the region table knows.
    const most = region.since === 0 ? OLDEST_AGE : Number(asOf.slice(0, 4)) - region.since - 2;
    const age = drawAge(choose) % (Math.max(0, most) + 1);
    const day = birthDay(asOfDay, age, Math.floor(member / SEQUENCES), choose);
    const birthDate = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const digits = `${region.code}${birthDate.replaceAll('-', '')}${SEQUENCE_BASE + slot}`;
    return {
      index,
      name: makeName(sex, choose),
      sex,
      birthDate,
      documentType: 'resident_id',
      documentNumber: digits + checkDigit(digits),
      phone: phoneOf(index, phoneOffset),
    };
  };

  const findByDocument = (number: string): SyntheticPerson | undefined => {
    const index = indexOf(number, positions, sequenceOffset);
    if (index === undefined || index >= size) return undefined;
    const person = syntheticPerson(index);
    return person.documentNumber === number ? person : undefined;
  };

  return { size, syntheticPerson, findByDocument };
}

/** BigInt, because the product passes 2^53. */
function phoneOf(index: number, offset: number): string {
  const shuffled =
    (BigInt(index) * BigInt(PHONE_STEP) + BigInt(offset)) % BigInt(PHONES_PER_SEGMENT);
  // The segment follows from the index, so the eight digits alone already tell two persons apart.
  const segment = PHONE_SEGMENTS[index % PHONE_SEGMENTS.length] ?? PHONE_SEGMENTS[0];
  return segment + String(shuffled).padStart(8, '0');
}

/** The only index whose person could have this number; see the note on numbering above. */
function indexOf(
  number: string,
  positions: ReadonlyMap<string, number>,
  sequenceOffset: (at: number) => number,
): number | undefined {
  const at = positions.get(number.slice(0, 6));
  const slot = Number(number.slice(14, 17)) - SEQUENCE_BASE;
  const date = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (at === undefined || !/^\d{17}[\dX]$/.test(number) || Number.isNaN(day) || slot < 0) {
    return undefined;
  }
  const low = modulo((slot - sequenceOffset(at)) * SEQUENCE_STEP_INVERSE, SEQUENCES);
  const member = modulo(day, DAY_CLASSES) * SEQUENCES + low;
  return member * positions.size + at;
}
