import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld, web } from '../../../test/support/booking.ts';
import type { EventName, Events } from '../../events.ts';
import { newId } from '../../platform/id.ts';
import type { Problem } from '../../platform/problem.ts';
import type { StoredEvent } from '../../platform/outbox.ts';
import { seededRandom } from '../../platform/random.ts';
import { sql } from '../../platform/sql.ts';
import { plain_rules } from '../limits/presets.ts';
import type { RuleSet } from '../limits/rule-set.ts';
import { writeRules } from '../limits/write-rules.ts';
import { mergeVisits } from '../merge-patient.ts';
import { book } from '../take.ts';
import { clear } from './clear.ts';
import { count, type CountContext } from './count.ts';
import { restrictionsOf } from './store-read.ts';

type World = Awaited<ReturnType<typeof bookingWorld>>;
let world: World;
before(async () => {
  world = await bookingWorld('restrictions');
});
after(() => world.stop());

const start = new Date('2026-11-24T01:00:00Z');
const later = (days: number): Date => new Date(start.getTime() + days * 86_400_000);
const ladders: RuleSet['ladders'] = {
  no_show: [
    { count: 2, within_days: 90, restrict_days: 30 },
    { count: 4, within_days: 180, restrict_days: 90 },
  ],
  late_cancel: [{ count: 2, within_days: 90, restrict_days: 60 }],
  unconfirmed_win: [{ count: 2, within_days: 90, restrict_days: 30 }],
  first_free_in_days: 365,
};

async function hospital(): Promise<string> {
  world.ctx.clock.set(start);
  const hospital_id = newId(world.ctx);
  await writeRules(world.ctx, {
    ...{ hospital_id, base_version: 0, effective_from: '2026-11-24', reason: '测试' },
    rules: { ...plain_rules, ladders },
    actor: 'staff:test',
  });
  return hospital_id;
}

/** Visits of a person in sessions of their own. */
async function visits(hospital_id: string, patient_id: string, n: number, channel = 'web') {
  world.ctx.clock.set(start);
  const made: { appointment_id: string; session_id: string }[] = [];
  for (let nth = 0; nth < n; nth++) {
    const { session_id } = await world.session(1, { hospital_id });
    const { appointment_id } = await book(world.ctx, {
      ...{ asker: web, session_id, slot_id: null, patient_id, pools: ['online'] as const },
      idempotency: world.key(),
    });
    if (channel === 'draw')
      await world.ctx.db.run(sql`update booking.appointment set channel = 'draw',
        confirmed_at = null where id = ${appointment_id}`);
    made.push({ appointment_id, session_id });
  }
  return made;
}

type Name = 'booking.visit.no-show' | 'booking.visit.cancelled' | 'booking.visit.lapsed' | 'booking.visit.restored'; // prettier-ignore
function news(
  name: Name,
  visit: { appointment_id: string; session_id: string },
  days: number,
  more: Partial<Events['booking.visit.cancelled']> = {},
): StoredEvent {
  return {
    ...{ tx: '1', id: newId(world.ctx), name, hospital_id: null, version: 1, actor: 'test' },
    subject: `slot:${visit.appointment_id}`,
    occurred_at: later(days),
    payload: { ...visit, slot_id: '', status: '', channel: 'web', ...more },
  };
}

const hear = (events: StoredEvent[], ctx: CountContext = world.ctx): Promise<void> =>
  world.ctx.db.tx((tx) => count(tx, ctx, events));

const standing = (patient_id: string) =>
  world.ctx.db
    .many(sql`select kind, reached_by, starts_at, ends_at, counted from booking.restriction
    where patient_id = ${patient_id} and lifted_at is null order by starts_at`);
const told = (patient_id: string, name: EventName) =>
  world.ctx.db.many<{ payload: Record<string, unknown> }>(sql`
    select payload from platform.event where person_id = ${patient_id} and name = ${name} order by tx, id`);
const closedAt = (hospital_id: string, patient_id: string, at: Date) =>
  restrictionsOf(world.ctx.db, { hospital_id, patient_ids: [patient_id], at }).then((found) =>
    found.get(patient_id),
  );

/** Three no-shows on days 0, 10 and 20: the last makes a restriction of 30 days. */
async function restrictedPerson(hospital_id: string) {
  const patient_id = world.person();
  const seen = await visits(hospital_id, patient_id, 3);
  await hear(seen.map((visit, nth) => news('booking.visit.no-show', visit, nth * 10)));
  world.ctx.clock.set(later(21));
  return { patient_id, seen };
}

test('no-shows climb: the first is a message, the third closes drawn clinics for 30 days, and time opens them', async () => {
  const hospital_id = await hospital();
  const { patient_id, seen } = await restrictedPerson(hospital_id);
  const noted = await told(patient_id, 'booking.conduct.noted');
  assert.deepEqual(
    noted.map(({ payload }) => [payload['first'], payload['counts']]),
    [[true, false], [false, true], [false, true]], // prettier-ignore
  );
  const [made, ...more] = await told(patient_id, 'booking.restriction.made');
  assert.equal(more.length, 0);
  assert.equal(made?.payload['until'], later(50).toISOString());
  assert.deepEqual(made?.payload['appointment_ids'], seen.slice(1).map((one) => one.appointment_id)); // prettier-ignore
  assert.ok(await closedAt(hospital_id, patient_id, later(49)));
  assert.equal(await closedAt(hospital_id, patient_id, later(50)), undefined, 'it ends by reading');
  assert.equal(await closedAt(newId(world.ctx), patient_id, later(30)), undefined, 'nobody else’s');
});

test('news in any order, and news heard again, leave the same counts and the same restrictions', async () => {
  const hospital_id = await hospital();
  const random = seededRandom('orders');
  for (let round = 0; round < 6; round++) {
    const patient_id = world.person();
    const seen = await visits(hospital_id, patient_id, 5);
    const all = seen.map((visit, nth) => news('booking.visit.no-show', visit, nth * 10));
    const mixed = [...all, ...all].toSorted(() => (random.bytes(1)[0] ?? 0) - 128);
    for (const one of mixed) await hear([one]);
    const [short, long, ...rest] = (await standing(patient_id)) as Record<string, unknown>[];
    assert.deepEqual(rest, []);
    assert.deepEqual(short?.['counted'], seen.slice(1, 3).map((one) => one.appointment_id)); // prettier-ignore
    assert.deepEqual(long?.['counted'], seen.slice(1, 5).map((one) => one.appointment_id)); // prettier-ignore
    assert.deepEqual([short?.['ends_at'], long?.['ends_at']], [later(50), later(130)]);
  }
});

test('a visit is counted once a kind however often it is heard at the same time', async () => {
  const hospital_id = await hospital();
  const patient_id = world.person();
  const [visit] = await visits(hospital_id, patient_id, 1);
  assert.ok(visit);
  await Promise.all(
    Array.from({ length: 8 }, () => hear([news('booking.visit.no-show', visit, 1)])),
  );
  const rows = await world.ctx.db.many(
    sql`select id from booking.conduct where patient_id = ${patient_id}`,
  );
  assert.equal(rows.length, 1);
  assert.equal((await told(patient_id, 'booking.conduct.noted')).length, 1);
});

test('nothing counts of whom nobody told: a win without proof of notice makes no restriction', async () => {
  const hospital_id = await hospital();
  const channel = 'draw';
  const lapse = (seen: Awaited<ReturnType<typeof visits>>) =>
    seen.map((visit, nth) => news('booking.visit.lapsed', visit, nth, { channel }));
  const [untold, read, called] = [world.person(), world.person(), world.person()];
  await hear(lapse(await visits(hospital_id, untold, 4, channel)));
  assert.deepEqual(await standing(untold), []);
  await hear(lapse(await visits(hospital_id, read, 3, channel)), {
    ...world.ctx,
    wasTold: () => Promise.resolve(true),
  });
  assert.equal((await standing(read)).length, 1);
  const seen = await visits(hospital_id, called, 3, channel);
  for (const { appointment_id } of seen)
    await world.ctx.db
      .run(sql`insert into booking.contact_call (id, hospital_id, appointment_id, outcome,
      called_by, called_at) values (${newId(world.ctx)}, ${hospital_id}, ${appointment_id}, 'will_decide',
      'staff:x', ${start})`);
  await hear(lapse(seen));
  assert.equal((await standing(called)).length, 1);
});

test('cancelling in time, holds that run out and offers for a stopped clinic count as nothing', async () => {
  const hospital_id = await hospital();
  const patient_id = world.person();
  const seen = await visits(hospital_id, patient_id, 3);
  await hear(seen.map((visit) => news('booking.visit.cancelled', visit, 1)));
  await hear(seen.map((visit) => news('booking.visit.lapsed', visit, 1)));
  const offered = await visits(hospital_id, patient_id, 3, 'draw');
  const offers = offered.map((visit): StoredEvent => ({
    ...news('booking.visit.lapsed', visit, 0),
    name: 'release.offer.made',
    payload: { ...visit, displaced_id: '', confirm_until: '' },
  }));
  const ctx = { ...world.ctx, wasTold: () => Promise.resolve(true) };
  await hear(offers, ctx);
  await hear(
    offered.map((visit) => news('booking.visit.lapsed', visit, 1, { channel: 'draw' })),
    ctx,
  );
  assert.deepEqual(await standing(patient_id), []);
  assert.deepEqual(await told(patient_id, 'booking.conduct.noted'), []);
});

test('a late cancel that is undone no longer counts, and done again it does', async () => {
  const hospital_id = await hospital();
  const patient_id = world.person();
  const seen = await visits(hospital_id, patient_id, 3);
  const late = { detail: { late: true } };
  world.ctx.clock.set(later(2));
  await hear(seen.map((visit, nth) => news('booking.visit.cancelled', visit, nth / 10, late)));
  assert.equal((await standing(patient_id)).length, 1);
  const [, , last] = seen;
  assert.ok(last);
  await hear([news('booking.visit.restored', last, 2)]);
  assert.equal((await standing(patient_id)).length, 0);
  await hear([news('booking.visit.cancelled', last, 3, late)]);
  assert.equal((await standing(patient_id)).length, 1);
});

test('a stop (停诊) of the session clears its counts and what they led to', async () => {
  const hospital_id = await hospital();
  const { patient_id, seen } = await restrictedPerson(hospital_id);
  const session_id = seen[1]?.session_id ?? '';
  await hear([
    {
      ...news('booking.visit.no-show', { appointment_id: '', session_id }, 21),
      name: 'schedule.session.stopped',
      payload: { session_id, reason: 'ill' },
    },
  ]);
  assert.deepEqual(await standing(patient_id), []);
  const [lifted] = await told(patient_id, 'booking.restriction.lifted');
  assert.equal(lifted?.payload['reason'], 'stopped');
});

test('a clerk clears one visit or a whole restriction, once, and only of their hospital', async () => {
  const hospital_id = await hospital();
  const by = { hospital_id, reason: 'illness', actor: 'staff:clerk' } as const;
  const first = await restrictedPerson(hospital_id);
  const [row] = await world.ctx.db.many<{ id: string }>(
    sql`select id from booking.conduct where patient_id = ${first.patient_id} order by happened_at`,
  );
  const id = row?.id ?? '';
  const foreign = clear(world.ctx, { ...by, id, hospital_id: newId(world.ctx) });
  await assert.rejects(foreign, (error: Problem) => error.kind.code === 'booking/conduct-unknown');
  await clear(world.ctx, { ...by, id });
  assert.deepEqual(await standing(first.patient_id), [], 'the second is now the first');
  await assert.rejects(
    clear(world.ctx, { ...by, id }),
    (error: Problem) => error.kind.code === 'booking/conduct-cleared',
  );
  const second = await restrictedPerson(hospital_id);
  const [restriction] = await world.ctx.db.many<{ id: string }>(
    sql`select id from booking.restriction where patient_id = ${second.patient_id}`,
  );
  await clear(world.ctx, { ...by, id: restriction?.id ?? '' });
  assert.equal(await closedAt(hospital_id, second.patient_id, later(22)), undefined);
  assert.equal((await told(second.patient_id, 'booking.conduct.cleared')).length, 2);
  const more = await visits(hospital_id, second.patient_id, 1);
  await hear(more.map((visit) => news('booking.visit.no-show', visit, 25)));
  assert.deepEqual(await standing(second.patient_id), [], 'what was forgiven stays forgiven');
});

test('two records of one person are one on the ladder', async () => {
  const hospital_id = await hospital();
  const [from, into] = [world.person(), world.person()];
  const [one, two] = [await visits(hospital_id, from, 2), await visits(hospital_id, into, 1)];
  await hear(one.map((visit, nth) => news('booking.visit.no-show', visit, nth)));
  await hear(two.map((visit) => news('booking.visit.no-show', visit, 5)));
  assert.deepEqual([...(await standing(from)), ...(await standing(into))], []);
  world.ctx.clock.set(later(6));
  await world.ctx.db.tx((tx) => mergeVisits(tx, world.ctx, { from, into }));
  assert.equal((await standing(into)).length, 1);
});
