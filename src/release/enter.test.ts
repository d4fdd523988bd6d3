import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { entryBody, openDraw, personAtWindow, type OpenDraw } from '../../test/support/draws.ts';
import { staffAt, world } from '../../test/support/world.ts';
import { Problem } from '../platform/problem.ts';
import type { EnterInput } from './enter-input.ts';
import { enterDraw } from './enter.ts';
import { staffAsker } from './enter-at-window.ts';

let here: Awaited<ReturnType<typeof world>>;
let draw: OpenDraw;
let people: string[];

before(async () => {
  here = await world('enter together');
  draw = await openDraw(here, 'EYE', '2026-11-27');
  const clerk = await staffAt(here.app, 'clerk');
  people = [];
  for (let n = 0; n < 18; n++) people.push(await personAtWindow(here, clerk, 4000 + n));
});
after(() => here.stop());

function asking(patient_id: string, preferences = draw.sessions): EnterInput {
  const { body } = entryBody(patient_id, preferences);
  return { ...body, draw_id: draw.draw_id, asker: staffAsker('staff:test', 'window') };
}

const codeOf = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === 'rejected' && result.reason instanceof Problem
    ? result.reason.kind.code
    : undefined;

test('those who register together share their statements, and each has an entry of their own', async () => {
  const before = here.ctx.db.roundTrips();
  const alone = await enterDraw(here.ctx, asking(people[0] as string));
  const one = here.ctx.db.roundTrips() - before;
  const start = here.ctx.db.roundTrips();
  const entered = await Promise.all(
    people.slice(1, 11).map((id) => enterDraw(here.ctx, asking(id))),
  );
  assert.equal(new Set([alone, ...entered].map(({ e }) => e)).size, 11);
  assert.ok(here.ctx.db.roundTrips() - start <= one, 'ten cost no more statements than one');
  for (const { receipt } of entered) assert.equal(receipt.draw, alone.receipt.draw);
});

test('whoever may not register spoils nothing for those who ask in the same moment', async () => {
  const [a, b, c] = people.slice(11, 14) as [string, string, string];
  const results = await Promise.allSettled([
    enterDraw(here.ctx, asking(a)),
    enterDraw(here.ctx, asking(people[0] as string)),
    enterDraw(here.ctx, asking(b, ['01900000-0000-7000-8000-000000000000'])),
    enterDraw(here.ctx, asking(a)),
    enterDraw(here.ctx, asking(c)),
  ]);
  assert.deepEqual(results.map(codeOf), [
    undefined,
    'release/already-registered',
    'release/preference-unknown',
    'release/already-registered',
    undefined,
  ]);
});

test('after closing all who ask together are refused alike', async () => {
  await here.advance(121);
  const late = await Promise.allSettled(
    people.slice(14).map((patient_id) => enterDraw(here.ctx, asking(patient_id))),
  );
  assert.deepEqual(new Set(late.map(codeOf)), new Set(['release/draw-not-open']));
});
