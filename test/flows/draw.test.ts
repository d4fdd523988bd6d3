import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { sql } from '../../src/platform/sql.ts';
import { addPerson, entryBody, openDraw, until } from '../support/draws.ts';
import { patientAt, staffAt, world, type Visitor } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('draw flow');
});
after(() => here.stop());

test('[R016,R017,R036] a morning of the draw: register, seal, draw, confirm, return by a later draw, verify', async () => {
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  const { sessions, places } = draw;
  const clerk = await staffAt(here.app, 'clerk');
  const phones = [1, 2, 3].map((index) => here.ctx.population.syntheticPerson(index * 37).phone);
  const accounts = await Promise.all(phones.map((phone) => patientAt(here.app, phone)));
  const [first] = accounts as [Visitor, ...Visitor[]];

  // More people than places: ten online, the rest at the window with an ID card.
  const mine: { patient: string; secret: string; e: string }[] = [];
  for (const [at, account] of accounts.entries()) {
    for (let n = 0; n < 3; n++) {
      const patient = await addPerson(here, account, 1000 + at * 10 + n);
      const entry = entryBody(patient, n % 2 === 0 ? sessions : sessions.toReversed());
      const done = await account.post(`/api/draws/${draw.draw_id}/entries`, entry.body);
      mine.push({ patient, secret: entry.secret, e: done.e });
      const again = await account.send(
        'POST',
        `/api/draws/${draw.draw_id}/entries`,
        entryBody(patient, sessions).body,
      );
      assert.equal(again.body.code, 'release/already-registered');
    }
  }
  for (let n = 0; n < places + 4; n++) {
    const person = here.ctx.population.syntheticPerson(2000 + n);
    const found = await clerk.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, {
      patient_id: found.patient_id,
      preferences: sessions,
    });
  }
  // One entry is withdrawn with its secret; a wrong secret is refused.
  const last = mine.at(-1) as (typeof mine)[number];
  const holder = accounts.at(-1) as Visitor;
  const wrong = await holder.send('POST', `/api/entries/${last.e}/withdraw`, {
    secret: '00'.repeat(32),
  });
  assert.equal(wrong.body.code, 'release/wrong-secret');
  await holder.post(`/api/entries/${last.e}/withdraw`, { secret: last.secret });

  await here.advance(121);
  const late = await first.send(
    'POST',
    `/api/draws/${draw.draw_id}/entries`,
    entryBody(mine[0]?.patient as string, sessions).body,
  );
  assert.equal(late.body.code, 'release/draw-not-open');
  assert.equal((await first.get(`/api/draws/${draw.draw_id}`)).state, 'sealed');
  await here.advance(40);
  const drawn = await first.get(`/api/draws/${draw.draw_id}`);
  assert.equal(drawn.state, 'drawn');
  assert.equal(drawn.entries, 8 + places + 4);

  // Every place went to somebody, held until the hour to confirm by.
  const held = await here.ctx.db.many<{ id: string; patient_id: string; session_id: string }>(sql`
    select id, patient_id, session_id from booking.appointment where status = 'held' and channel = 'draw'
      and session_id = any(${sessions}::uuid[])`);
  assert.equal(held.length, places);

  // Whoever has a number is not told that their entry is withdrawn; whoever waits may leave, twice.
  const numbered = new Set(held.map(({ patient_id }) => patient_id));
  for (const { patient, secret, e } of mine.slice(0, -1)) {
    const account = accounts.at(Math.floor(mine.findIndex((one) => one.e === e) / 3)) as Visitor;
    const leaves = () => account.send('POST', `/api/entries/${e}/withdraw`, { secret });
    const [once, twice] = [await leaves(), await leaves()];
    const hasNumber = numbered.has(patient);
    assert.deepEqual(
      [once.body.code ?? once.body.state, twice.body.code ?? twice.body.state],
      Array(2).fill(hasNumber ? 'release/entry-placed' : 'withdrawn'),
    );
  }

  // Winners confirm at the window; one gives the number back and cannot get it again.
  const [giver, ...others] = held;
  for (const visit of others) await clerk.post(`/api/staff/appointments/${visit.id}/confirm`);
  await clerk.post(`/api/staff/appointments/${giver?.id}/cancel`);
  const slot = await here.ctx.db.one<{ state: string }>(sql`
    select s.state from booking.slot s join booking.appointment a on a.slot_id = s.id where a.id = ${giver?.id}`);
  assert.equal(slot.state, 'cooling');
  await here.advance(601);
  // It is no batch of its own: the draw's next return gives it to somebody on standby.
  const batches = await here.ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from release.draw where kind = 'batch' and state <> 'burnt'`);
  assert.equal(batches.n, 0);
  const [next] = draw.returns;
  await until(here, next?.closes_at as string, 1);
  await until(here, next?.round_at as string, 1);
  const owner = await here.ctx.db.one<{ patient_id: string }>(sql`
    select a.patient_id from booking.slot s join booking.appointment a on a.id = s.appointment_id
    where s.id = (select slot_id from booking.appointment where id = ${giver?.id})`);
  assert.notEqual(owner.patient_id, giver?.patient_id);

  // The bundle verifies, with a receipt of an entrant, and says that no witness countersigned.
  const receipt = (await first.get('/api/entries')).entries.find(
    (entry: { draw_id: string }) => entry.draw_id === draw.draw_id,
  ).receipt;
  const files = await bundleOf(first, draw.draw_id);
  const checks = verifyBundle(files, { receipt });
  const failed = checks.filter((check) => check.status === 'fail');
  assert.deepEqual(failed, []);
  const passed = checks.filter((check) => check.status === 'pass').map((check): string => check.id);
  for (const id of ['V2', 'V4', 'V5', 'V6', 'V7', 'V8', 'V9', 'V10'])
    assert.ok(passed.includes(id), id);

  // A stranger may not read the list of entrants.
  const stranger = await patientAt(here.app, here.ctx.population.syntheticPerson(5).phone);
  assert.equal(
    (await stranger.send('GET', `/api/draws/${draw.draw_id}/bundle/pool.jsonl`)).status,
    403,
  );
  assert.equal(
    (await stranger.send('GET', `/api/draws/${draw.draw_id}/bundle/manifest.json`)).status,
    200,
  );
});

async function bundleOf(someone: Visitor, draw_id: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of [
    'manifest.json',
    'published.json',
    'pool.jsonl',
    'void.jsonl',
    'seal.json',
    'beacon.json',
    'ranking.jsonl',
    'allocation.jsonl',
    'counts.json',
    'log.jsonl',
    'final.jsonl',
    'closed.json',
    'verify.html',
    ...['returns.jsonl', 'seal.json', 'beacon.json', 'ranking.jsonl', 'allocation.jsonl'].map(
      (name) => `returns/001/${name}`,
    ),
  ]) {
    const reply = await someone.send('GET', `/api/draws/${draw_id}/bundle/${path}`);
    if (reply.status === 200) files.set(path, reply.raw);
  }
  return files;
}
