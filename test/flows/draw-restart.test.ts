import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createContext } from '../../src/context.ts';
import { sql } from '../../src/platform/sql.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { tickRelease } from '../../src/release/index.ts';
import { staffAt, world } from '../support/world.ts';

const seed = 'draw restart';
let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world(seed);
});
after(() => here.stop());

/** What a draw has fixed so far; none of it may ever change once it is there. */
async function fixed(draw_id: string): Promise<string> {
  const draw = await here.ctx.db.one<object>(sql`
    select manifest_hash, root, seal, sealed_at, seal_json, beacon_json from release.draw where id = ${draw_id}`);
  const entries = await here.ctx.db.many<object>(sql`
    select id, rank, rank_key, place, appointment_id from release.entry where draw_id = ${draw_id} order by id`);
  return createHash('sha256')
    .update(JSON.stringify([draw, entries]))
    .digest('hex');
}

/** A server that was killed and started again knows only the database and its secrets. */
async function restartedTick(): Promise<void> {
  const fresh = createContext(here.ctx.config, {
    database_url: here.url,
    clock: here.clock,
    random: seededRandom(`${seed} after a restart`),
    secrets: here.ctx.secrets,
  });
  await fresh.outbox.drain();
  await tickRelease(fresh);
  await fresh.sequencer.drain();
  await tickRelease(fresh);
  await fresh.db.close();
}

/** What the returns of a draw have fixed so far, with the log of its places. */
async function fixedReturns(draw_id: string): Promise<string> {
  const returns = await here.ctx.db.many<object>(sql`
    select n, state, returns_jsonl, returns_hash, sealed_at, seal_json, beacon_json, drawn_at
    from release.draw_return where draw_id = ${draw_id} order by n`);
  const ranks = await here.ctx.db.many<object>(sql`
    select * from release.return_rank where draw_id = ${draw_id} order by n, rank`);
  const log = await here.ctx.db.many<object>(sql`
    select n, line from release.draw_log where draw_id = ${draw_id} order by n`);
  const visits = await here.ctx.db.many<object>(sql`
    select id, return_n, return_place, appointment_id from release.entry where draw_id = ${draw_id} order by id`);
  return createHash('sha256')
    .update(JSON.stringify([returns, ranks, log, visits]))
    .digest('hex');
}

test('a restart at every step of a draw loses nothing and re-rolls nothing', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const { draws } = await clerk.get('/api/staff/draws');
  const draw = draws.find(
    (one: { state: string; group: string }) => one.state === 'open' && one.group === 'EYE',
  );
  const sessions = draw.sessions.map((session: { session_id: string }) => session.session_id);
  for (let n = 0; n < 30; n++) {
    const person = here.ctx.population.syntheticPerson(3000 + n);
    const { patient_id } = await clerk.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, {
      patient_id,
      preferences: sessions,
    });
  }
  const seen = new Map<string, string>();
  const steps: [string, number][] = [
    ['before the seal', 60],
    ['at the seal', 61],
    ['between seal and round', 5],
    ['at the round', 30],
    ['after the draw', 10],
  ];
  for (const [step, seconds] of steps) {
    here.clock.set(new Date(here.clock.now().getTime() + seconds * 1000));
    await restartedTick();
    const once = await fixed(draw.draw_id);
    await Promise.all([restartedTick(), restartedTick()]);
    assert.equal(await fixed(draw.draw_id), once, step);
    seen.set(step, once);
  }
  assert.notEqual(seen.get('before the seal'), seen.get('at the seal'));
  assert.notEqual(seen.get('between seal and round'), seen.get('at the round'));
  const counted = await here.ctx.db.one<{
    ranked: number;
    placed: number;
    visits: number;
    places: number;
  }>(sql`
    select count(rank) as ranked, count(place) as placed, count(appointment_id) as visits,
      (select count(*) from release.draw_place where draw_id = ${draw.draw_id}) as places
    from release.entry where draw_id = ${draw.draw_id}`);
  assert.equal(counted.ranked, 30);
  assert.equal(counted.placed, counted.places);
  assert.equal(counted.visits, counted.places);
});

test('a restart at every step of a return loses nothing and re-rolls nothing', async () => {
  const draw = await here.ctx.db.one<{ id: string; round_at: Date }>(sql`
    select d.id, d.round_at from release.draw d where d.state = 'drawn' and d.entries = 30`);
  const [visit] = await here.ctx.db.many<{ id: string }>(sql`
    select a.id from booking.appointment a join release.entry e on e.appointment_id = a.id
    where e.draw_id = ${draw.id} and a.status = 'held' order by a.id`);
  const clerk = await staffAt(here.app, 'clerk');
  await clerk.post(`/api/staff/appointments/${visit?.id}/cancel`);
  const row = await here.ctx.db.one<{ closes_at: Date; round_at: Date; confirm_until: Date }>(sql`
    select closes_at, round_at, confirm_until from release.draw_return where draw_id = ${draw.id} and n = 1`);
  const after = (instant: Date, seconds: number) => new Date(instant.getTime() + seconds * 1000);
  const steps: [string, Date][] = [
    ['the cancellation is logged', after(here.clock.now(), 605)],
    ['before the close', after(row.closes_at, -5)],
    ['at the close', after(row.closes_at, 1)],
    ['between seal and round', after(row.round_at, -3)],
    ['at the round', after(row.round_at, 1)],
    ['after the return', after(row.round_at, 60)],
  ];
  const seen: string[] = [];
  for (const [step, instant] of steps) {
    if (instant > here.clock.now()) here.clock.set(instant);
    await restartedTick();
    const once = await fixedReturns(draw.id);
    await Promise.all([restartedTick(), restartedTick()]);
    assert.equal(await fixedReturns(draw.id), once, step);
    seen.push(once);
  }
  const [logged, before, closed, sealed, drawn, later] = seen;
  assert.equal(before, logged);
  assert.notEqual(closed, before, 'the return is sealed');
  assert.equal(sealed, closed);
  assert.notEqual(drawn, sealed, 'the return is drawn');
  assert.equal(later, drawn);
  const done = await here.ctx.db.one<{ state: string; won: number }>(sql`
    select r.state, (select count(*)::int from release.entry where draw_id = r.draw_id and return_n = 1) as won
    from release.draw_return r where r.draw_id = ${draw.id} and n = 1`);
  assert.deepEqual(done, { state: 'drawn', won: 1 });
});

test('a seal that is not in the log in time burns the draw, and its places go to a new manifest', async () => {
  const manager = await staffAt(here.app, 'manager');
  const { draws } = await manager.get('/api/staff/draws');
  const draw = draws.find(
    (one: { state: string; group: string }) => one.state === 'open' && one.group === 'CARD',
  );
  // Nothing runs from before closing until after the round: an outage over the sealing time.
  here.clock.set(new Date(Date.parse(draw.round_at) + 60_000));
  await here.settle();
  const after = await staffAt(here.app, 'manager');
  const all = (await after.get('/api/staff/draws')).draws as {
    draw_id: string;
    state: string;
    kind: string;
    number: number;
    sessions: { session_id: string }[];
  }[];
  assert.equal(all.find((one) => one.draw_id === draw.draw_id)?.state, 'burnt');
  const next = all.find(
    (one) =>
      one.kind === 'batch' &&
      one.state !== 'burnt' &&
      one.sessions.some((session) => session.session_id === draw.sessions[0].session_id),
  );
  assert.ok(next, 'the places of a burnt draw are announced again under a number of their own');
  const numbers = all.map((one) => one.number).toSorted((a, b) => a - b);
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
    'numbers have no gap',
  );
});
