import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '../platform/id.ts';
import { destroyPersonKeys } from '../platform/person-keys.ts';
import { sql } from '../platform/sql.ts';
import {
  fromHex,
  inclusionProof,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseVkey,
  rootOfLeafHashes,
  toHex,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { evidenceWorld } from '../../test/support/evidence.ts';
import { secretsFrom } from '../platform/secrets.ts';
import { consistency, createSequencer, newestCheckpoint, proofFor } from './index.ts';
import { countWaiting } from './store.ts';

type World = Awaited<ReturnType<typeof evidenceWorld>>;
let worlds: World[] = [];
const world = async (seed: string) => {
  const made = await evidenceWorld(seed);
  worlds.push(made);
  return made;
};
before(() => {
  worlds = [];
});
after(async () => {
  for (const { stop } of worlds) await stop();
});

async function head(from: World): Promise<{ size: number; root: Uint8Array; note: string }> {
  const checkpoint = await newestCheckpoint(from.ctx);
  assert.ok(checkpoint);
  const note = parseNote(checkpoint.note);
  assert.ok(verifyNote(note, parseVkey(from.vkey)));
  return { ...parseCheckpoint(note.text), note: checkpoint.note };
}

test('[R067] after every round the signed root is that of a tree built afresh, and proofs fit it', async () => {
  const w = await world('roots');
  const sequencer = w.sequencer();
  let told = 0;
  const heads: { size: number; root: Uint8Array }[] = [];
  for (const count of [0, 1, 1, 253, 1, 1, 300, 1000, 2500, 3]) {
    const events = Array.from({ length: count }, () => w.change(`slot:${++told}`, 1));
    const ids = await w.tell(events);
    await sequencer.drain();
    const now = await head(w);
    assert.equal(now.size, told);
    const hashes = (await w.leaves()).map(({ data }) => leafHash(utf8(data), nodeHasher));
    assert.deepEqual(now.root, rootOfLeafHashes(hashes, nodeHasher));
    heads.push(now);
    const id = ids[Math.floor(ids.length / 2)];
    if (id === undefined) continue;
    const proof = await proofFor(w.ctx, id);
    assert.ok(proof);
    assert.equal(proof.checkpoint, now.note);
    assert.deepEqual(proof.proof, inclusionProof(hashes, proof.index, nodeHasher).map(toHex));
    const leaf = hashes[proof.index] as Uint8Array;
    const { index, size } = proof;
    const claim = { index, size, leaf, root: now.root, proof: proof.proof.map(fromHex) };
    assert.ok(verifyInclusion(claim));
  }
  const last = heads.at(-1) as (typeof heads)[number];
  for (const old of heads) {
    const proof = (await consistency(w.ctx, old.size, last.size)).map(fromHex);
    assert.ok(
      verifyConsistency({
        oldSize: old.size,
        oldRoot: old.root,
        newSize: last.size,
        newRoot: last.root,
        proof,
      }),
    );
  }
});

test('[R067] a sequencer that dies between or inside rounds leaves the same log', async () => {
  const w = await world('restart');
  const ids = await w.tell(Array.from({ length: 4600 }, (_, i) => w.change(`slot:${i}`, 1)));
  await w.sequencer().run();
  const broken = createSequencer(
    { ...w.ctx, clock: { now: () => { throw new Error('power cut'); } } }, // prettier-ignore
  );
  await assert.rejects(broken.drain(), /power cut/);
  assert.equal((await w.leaves()).length, 2000);
  for (let i = 0; i < 3; i++) await w.sequencer().run();
  await w.sequencer().drain();
  const { size, root } = await head(w);
  assert.equal(size, 4600);
  const leaves = await w.leaves();
  assert.deepEqual(leaves.map((leaf) => leaf.event_id).sort(), [...ids].sort());
  const hashes = leaves.map(({ data }) => leafHash(utf8(data), nodeHasher));
  assert.deepEqual(root, rootOfLeafHashes(hashes, nodeHasher));
});

test('a sequencer lets a crowd go first, and goes on by itself after three seconds at the latest', async () => {
  const w = await world('yields');
  await w.tell([w.change('slot:1', 1)]);
  await w.sequencer().drain();
  await w.tell([w.change('slot:1', 2)]);
  const sequencer = w.sequencer({ yields: () => true });
  const from = performance.now();
  sequencer.start((error) => assert.fail(error as Error));
  try {
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal((await w.leaves()).length, 1, 'the crowd goes first');
    while ((await w.leaves()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(performance.now() - from < 6000);
  } finally {
    await sequencer.stop();
  }
});

test('[R067] two sequencers at once never fork the log', async () => {
  const w = await world('two');
  const sequencers = [1, 2, 3].map(() => w.sequencer({ checkpoint_interval_ms: 0 }));
  const failures: unknown[] = [];
  for (const one of sequencers) one.start((error) => failures.push(error));
  for (let round = 0; round < 20; round++)
    await Promise.all(
      [0, 1, 2].map((lane) =>
        w.tell(Array.from({ length: 50 }, (_, i) => w.change(`slot:${round}-${lane}-${i}`, 1))),
      ),
    );
  await Promise.all(sequencers.map((one) => one.stop()));
  await Promise.all(sequencers.map((one) => one.drain()));
  assert.deepEqual(failures, []);
  const { size, root } = await head(w);
  assert.equal(size, 3000);
  const hashes = (await w.leaves()).map(({ data }) => leafHash(utf8(data), nodeHasher));
  assert.deepEqual(root, rootOfLeafHashes(hashes, nodeHasher));
  const checkpoints = await w.ctx.db.many<{ size: number; note: string }>(
    sql`select size, note from evidence.checkpoint`,
  );
  for (const { note } of checkpoints) {
    const then = parseCheckpoint(parseNote(note).text);
    assert.deepEqual(then.root, rootOfLeafHashes(hashes.slice(0, then.size), nodeHasher));
  }
});

test('[R067] events below a running transaction are not passed over', async () => {
  const w = await world('late');
  const sequencer = w.sequencer();
  await sequencer.drain();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const slow = w.ctx.db.tx(async (tx) => {
    await tx.run(sql`select pg_current_xact_id()`);
    begin();
    await gate;
    await tx.run(sql`insert into platform.event (id, name, subject, version, actor, payload, occurred_at)
      values (${newId(w.ctx)}, 'schedule.session.created', 'session:slow', 1, 'system', '{}', now())`);
  });
  await begun;
  await w.tell([w.change('slot:quick', 1)]);
  await sequencer.drain();
  assert.equal((await w.leaves()).length, 0);
  open();
  await slow;
  await sequencer.drain();
  assert.equal((await w.leaves()).length, 2);
});

test('[R067] an event that comes before its predecessor waits and follows it directly', async () => {
  const w = await world('early');
  const sequencer = w.sequencer();
  const [third] = await w.tell([w.change('slot:a', 3)]);
  const [other] = await w.tell([w.change('slot:b', 1)]);
  await sequencer.drain();
  const [second] = await w.tell([w.change('slot:a', 2)]);
  await sequencer.drain();
  assert.deepEqual(
    (await w.leaves()).map((leaf) => leaf.event_id),
    [other],
  );
  assert.equal(await countWaiting(w.ctx.db), 2);
  const [first, after] = await w.tell([w.change('slot:a', 1), w.change('slot:c', 1)]);
  await sequencer.drain();
  const logged = (await w.leaves()).map((leaf) => leaf.event_id);
  const start = logged.indexOf(first ?? '');
  assert.deepEqual(logged.slice(start, start + 3), [first, second, third]);
  assert.ok(logged.includes(after ?? ''));
  assert.equal(logged.length, 5);
  assert.equal(await countWaiting(w.ctx.db), 0);
});

test('[R067] checkpoints come at most once an interval, but at once for a draw', async () => {
  const w = await world('pace');
  const sequencer = w.sequencer({ checkpoint_interval_ms: 1000 });
  await sequencer.run();
  assert.equal((await head(w)).size, 0);
  const [id] = await w.tell([w.change('slot:1', 1)]);
  await sequencer.run();
  assert.equal((await head(w)).size, 0);
  assert.equal(await proofFor(w.ctx, id ?? ''), undefined);
  w.ctx.clock.set(new Date('2026-11-24T01:00:01Z'));
  await sequencer.run();
  assert.equal((await head(w)).size, 1);
  const leaf = '{"draw":"d","manifestHash":"00","t":"draw.announced"}';
  await w.tell([
    {
      name: 'release.draw.announced',
      hospital_id: null,
      subject: 'draw:d',
      version: 1,
      actor: 'system',
      payload: { draw_id: 'd', leaf },
    },
  ]);
  await sequencer.run();
  assert.equal((await head(w)).size, 2);
  assert.equal((await w.leaves())[1]?.data, leaf);
});

test('[R068] leaves hold no person: neither ids nor names, also after the key was destroyed', async () => {
  const w = await world('privacy');
  const person_id = await w.person();
  const gone = await w.person();
  await w.tell([w.visit(person_id, 'slot:1'), w.visit(gone, 'slot:2')]);
  await destroyPersonKeys(w.ctx.fields, [gone]);
  await w.sequencer().drain();
  const leaves = await w.leaves();
  assert.equal(leaves.length, 2);
  for (const { data } of leaves) assert.match(data, /^\{"h":"[0-9a-f]{64}","t":"event"\}$/);
});

test('[R067] another root secret cannot go on with the log', async () => {
  const w = await world('key');
  await w.sequencer().drain();
  const other = createSequencer({ ...w.ctx, secrets: secretsFrom(new Uint8Array(32)) });
  await assert.rejects(other.run(), /begun with another key/);
});

test('[R067] the log refuses to change what it holds', async () => {
  const w = await world('append-only');
  await w.tell(Array.from({ length: 300 }, (_, i) => w.change(`slot:${i}`, 1)));
  await w.sequencer().drain();
  for (const text of [
    `update evidence.leaf set data = 'x'`,
    'delete from evidence.leaf',
    `update evidence.tile set root = sha256('')`,
    'delete from evidence.tile',
    `update evidence.checkpoint set note = ''`,
    'delete from evidence.checkpoint',
    `update platform.event set actor = 'x'`,
    'delete from platform.event',
  ])
    await assert.rejects(w.ctx.db.run({ text, values: [] }), /append-only/, text);
});

test('[R067] transaction numbers are compared as numbers: 1000 comes after 999', async () => {
  const w = await world('numbers');
  const sequencer = w.sequencer();
  for (;;) {
    const { id } = await w.ctx.db.one<{ id: string }>(sql`select pg_current_xact_id()::text as id`);
    if (Number(id) >= 997) break;
  }
  for (let i = 0; i < 6; i++)
    await w.tell(Array.from({ length: 900 }, (_, at) => w.change(`slot:${i}-${at}`, 1)));
  await sequencer.drain();
  assert.equal((await w.leaves()).length, 5400);
});
