import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import {
  addPerson,
  entryBody,
  heldOf,
  openDraw,
  registerAtWindow,
  until,
} from '../support/draws.ts';
import { patientAt, staffAt, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
beforeEach(async () => {
  here = await world('standby');
});
afterEach(() => here.stop());

test('[R016] nothing that a person without an account has won lapses before one logged call', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-28');
  await registerAtWindow(here, clerk, draw.draw_id, 5000, draw.sessions);
  await registerAtWindow(here, clerk, draw.draw_id, 5001, draw.sessions);
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const winners = await heldOf(here, draw.draw_id);
  assert.equal(winners.length, 2);
  await until(here, draw.confirm_until, 60);
  assert.equal((await heldOf(here, draw.draw_id)).length, 2, 'uncalled, both keep their numbers');
  const later = await staffAt(here.app, 'clerk');
  const { calls } = await later.get('/api/staff/calls');
  const mine = calls.filter((one: { appointment_id: string }) =>
    winners.some((winner) => winner.id === one.appointment_id),
  );
  assert.equal(mine.length, 2);
  assert.ok(mine.every((one: { must_call: boolean }) => one.must_call));
  await later.post(`/api/staff/appointments/${winners[0]?.id}/call-log`, { outcome: 'no_answer' });
  await here.advance(3_500);
  assert.equal((await heldOf(here, draw.draw_id)).length, 2, 'an hour is left after the call');
  await here.advance(200);
  assert.deepEqual(await heldOf(here, draw.draw_id), [winners[1]], 'the called one lapses');
});

test('[R016] who shares account or phone with the canceller is excluded from that place and told; a declared family is not', async () => {
  const draw = await openDraw(here, 'CARD', '2026-11-28');
  const phones = [1, 2].map((index) => here.ctx.population.syntheticPerson(index * 37).phone);
  const ring = await patientAt(here.app, phones[0] as string);
  const family = await patientAt(here.app, phones[1] as string);
  const strangers: string[] = [];
  for (let n = 0; n < 4; n++) strangers.push(await addPerson(here, ring, 5200 + n));
  const kin: string[] = [];
  for (const [n, relation] of ['parent', 'parent', 'child', 'child'].entries())
    kin.push(await addPerson(here, family, 5300 + n, relation));
  const clerk = await staffAt(here.app, 'clerk');
  for (const [who, people] of [
    [ring, strangers],
    [family, kin],
  ] as const)
    for (const patient of people)
      await who.post(
        `/api/draws/${draw.draw_id}/entries`,
        entryBody(patient, draw.sessions, { notice_days: 0 }).body,
      );
  // Three more people than places: so of any four, one has won.
  for (let n = 0; n < draw.places - 5; n++)
    await registerAtWindow(here, clerk, draw.draw_id, 5400 + n, draw.sessions);
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);

  // Whoever of the ring and the family won gives back.
  const winners = await heldOf(here, draw.draw_id);
  const mine = winners.filter((one) => [...strangers, ...kin].includes(one.patient_id));
  assert.ok(
    mine.some((one) => strangers.includes(one.patient_id)),
    'one of the ring has won',
  );
  assert.ok(
    mine.some((one) => kin.includes(one.patient_id)),
    'one of the family has won',
  );
  const late = await staffAt(here.app, 'clerk');
  for (const { id } of mine) await late.post(`/api/staff/appointments/${id}/cancel`);
  await here.advance(601);
  await until(here, draw.returns[0]?.closes_at as string, 1);
  const lines = (
    await here.ctx.db.one<{ returns_jsonl: string }>(sql`
      select returns_jsonl from release.draw_return where draw_id = ${draw.draw_id} and n = 1`)
  ).returns_jsonl
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { place: number; x: string[] });
  const entries = await here.ctx.db.many<{ id: string; patient_id: string; place: number }>(sql`
    select id, patient_id, place from release.entry where draw_id = ${draw.draw_id}`);
  const idOf = (patient: string) => entries.find((one) => one.patient_id === patient)?.id;
  for (const { place, x } of lines) {
    const giver = entries.find((one) => one.place === place);
    const expected = strangers.includes(giver?.patient_id ?? '')
      ? strangers.map(idOf)
      : [giver?.id];
    assert.deepEqual(x, expected.toSorted(), `exclusions of place ${place}`);
  }
  const told = await here.ctx.db.many<{ person_id: string }>(sql`
    select distinct person_id from platform.event where name = 'release.entry.excluded'
      and payload ->> 'draw_id' = ${draw.draw_id}`);
  assert.deepEqual(
    new Set(told.map((one) => one.person_id)),
    new Set([...strangers, ...mine.map((one) => one.patient_id)]),
  );
});

test('[R016] an entry whose shortest notice a return no longer meets leaves the standby pool before its close', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'CARD', '2026-11-25');
  // Six more people than places, and only three of them are content with a day's notice.
  const fussy = new Set<string>();
  for (let n = 0; n < draw.places + 3; n++)
    fussy.add(await registerWithNotice(clerk, draw.draw_id, 5600 + n, draw.sessions, 2));
  for (let n = 0; n < 3; n++)
    await registerAtWindow(here, clerk, draw.draw_id, 5700 + n, draw.sessions);
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const unplaced = await here.ctx.db.many<{ id: string; left: boolean }>(sql`
    select id, left_at is not null as left from release.entry
    where draw_id = ${draw.draw_id} and place is null`);
  assert.equal(unplaced.length, 6);
  assert.ok(unplaced.some((one) => fussy.has(one.id)));
  for (const { id, left } of unplaced)
    assert.equal(left, fussy.has(id), 'left at once, for the clinic is tomorrow');
  const logged = await here.ctx.db.many<{ entry_id: string }>(sql`
    select entry_id from release.draw_log where draw_id = ${draw.draw_id} and kind = 'withdraw'`);
  assert.deepEqual(
    logged.map((one) => one.entry_id).toSorted(),
    unplaced.flatMap((one) => (one.left ? [one.id] : [])).toSorted(),
  );
});

async function registerWithNotice(
  clerk: Awaited<ReturnType<typeof staffAt>>,
  draw_id: string,
  index: number,
  preferences: string[],
  notice_days: number,
): Promise<string> {
  const person = here.ctx.population.syntheticPerson(index);
  const { patient_id } = await clerk.post('/api/staff/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
  });
  const slip = await clerk.post(`/api/staff/draws/${draw_id}/entries`, {
    patient_id,
    preferences,
    notice_days,
  });
  return slip.e;
}
