import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { evidenceWorld } from '../../test/support/evidence.ts';
import { witnessesInProcess } from '../../test/support/witnesses.ts';
import {
  cosign,
  cosignatureTime,
  parseNote,
  parseVkey,
  signatureLine,
} from '../platform/tlog/index.ts';
import {
  addCosignature,
  createWitnessing,
  newestCheckpoint,
  proofFor,
  WitnessRefusal,
  witnessesOf,
  witnessQuorum,
} from './index.ts';

const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

async function witnessedWorld(seed: string, letters = ['a', 'b']) {
  const w = await evidenceWorld(seed);
  const net = witnessesInProcess(w.ctx.clock);
  ends.push(w.stop, net.remove);
  const witnesses = letters.map((letter) => net.begin(letter, w.vkey, { first: true }));
  const ctx = { ...w.ctx, network: net.network };
  const vkeys = witnesses.map(({ vkey }) => vkey);
  const sequencer = w.sequencer();
  let told = 0;
  const grow = async (count = 1): Promise<string> => {
    const events = Array.from({ length: count }, () => w.change(`slot:${++told}`, 1));
    const ids = await w.tell(events);
    w.ctx.clock.set(new Date(w.ctx.clock.now().getTime() + 2000));
    await sequencer.drain();
    return ids[0] ?? '';
  };
  return { ...w, ctx, net, witnesses, vkeys, grow };
}

test('[R067] every witness countersigns each newest checkpoint, and a proof carries those wanted', async () => {
  const w = await witnessedWorld('all', ['a', 'b', 'c']);
  const [a = '', b = '', c = ''] = w.vkeys;
  const id = await w.grow(300);
  assert.equal(await proofFor(w.ctx, id, { witnesses: [a], witnesses_min: 1 }), undefined);
  const witnessing = createWitnessing(w.ctx, w.witnesses);
  assert.deepEqual(await witnessing.run(), { cosigned: 3, failures: [] });
  assert.deepEqual(await witnessing.run(), { cosigned: 0, failures: [] });
  const stamped = w.ctx.clock.now().getTime() / 1000;
  for (let round = 0; round < 3; round++) {
    await w.grow(200);
    assert.equal((await witnessing.run()).cosigned, 3);
  }
  const proof = await proofFor(w.ctx, id, { witnesses: [c, a], witnesses_min: 2 });
  assert.deepEqual(proof?.witnesses, [c, a]);
  const note = parseNote(proof.checkpoint);
  assert.deepEqual(
    note.signatures.map(({ name }) => name),
    ['log.example/test', 'c.witness.test', 'a.witness.test'],
  );
  // The first that covers the leaf: its witnesses saw it earliest.
  assert.equal(proof.size, 300);
  assert.equal(cosignatureTime(note, parseVkey(a)), stamped);
  assert.equal(cosignatureTime(note, parseVkey(b)), null);
  const none = await proofFor(w.ctx, id, { witnesses: [], witnesses_min: 0 });
  assert.equal(parseNote(none?.checkpoint ?? '').signatures.length, 1);
  const plain = await proofFor(w.ctx, id);
  assert.equal(plain?.size, 900);
  assert.equal(parseNote(plain.checkpoint).signatures.length, 4);
});

test('[R067] a new process asks a witness what it has, and goes on from there', async () => {
  const w = await witnessedWorld('restart', ['a']);
  await w.grow();
  assert.equal((await createWitnessing(w.ctx, w.witnesses).run()).cosigned, 1);
  await w.ctx.db.run({ text: 'delete from evidence.cosignature', values: [] });
  const id = await w.grow();
  assert.deepEqual(await createWitnessing(w.ctx, w.witnesses).run(), { cosigned: 1, failures: [] });
  assert.ok(await proofFor(w.ctx, id, { witnesses: w.vkeys, witnesses_min: 1 }));
});

test('[R067] a witness that is down holds up no other, and is told of once', async () => {
  const w = await witnessedWorld('down');
  w.net.down.add('b');
  const failures: Error[] = [];
  const witnessing = createWitnessing(w.ctx, w.witnesses, { poll_ms: 5, backoff_max_ms: 20 });
  witnessing.start((error) => failures.push(error as Error));
  const [a = '', b = ''] = w.vkeys;
  const soon = async (id: string, witnesses: string[], min: number): Promise<void> => {
    const until = performance.now() + 10_000;
    while (!(await proofFor(w.ctx, id, { witnesses, witnesses_min: min }))) {
      assert.ok(performance.now() < until, 'no proof came');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    for (let round = 0; round < 3; round++) await soon(await w.grow(), [a, b], 1);
    const id = await w.grow();
    await soon(id, [a], 1);
    assert.equal(await proofFor(w.ctx, id, { witnesses: [a, b], witnesses_min: 2 }), undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(
      failures.map(({ message }) => message),
      ['The witness b.witness.test cannot be reached at http://b.witness.test.'],
    );
    w.net.down.delete('b');
    await soon(id, [a, b], 2);
  } finally {
    await witnessing.stop();
  }
});

test('[R067] a slow witness is not starved by a log that keeps growing: what it returns is kept', async () => {
  const w = await witnessedWorld('slow', ['a']);
  const id = await w.grow(5);
  const { promise, resolve } = Promise.withResolvers<void>();
  w.net.hold('a', promise);
  const run = createWitnessing(w.ctx, w.witnesses).run();
  await new Promise((settled) => setTimeout(settled, 50));
  for (let round = 0; round < 3; round++) await w.grow();
  resolve();
  assert.equal((await run).cosigned, 1);
  const proof = await proofFor(w.ctx, id, { witnesses: w.vkeys, witnesses_min: 1 });
  assert.equal(proof?.size, 5);
});

test('[R067] a witness that never answers costs its own time only, and stopping does not wait for it', async () => {
  const w = await witnessedWorld('mute');
  await w.grow();
  w.net.hold('b', new Promise(() => undefined));
  const done = await createWitnessing(w.ctx, w.witnesses, { timeout_ms: 100 }).run();
  assert.equal(done.cosigned, 1);
  assert.match(done.failures[0]?.message ?? '', /b\.witness\.test cannot be reached/);
  const witnessing = createWitnessing(w.ctx, w.witnesses);
  witnessing.start(() => undefined);
  await new Promise((settled) => setTimeout(settled, 50));
  const before = performance.now();
  await witnessing.stop();
  assert.ok(performance.now() - before < 5000);
});

test('[R067] a cosignature is kept for any checkpoint of ours, and for nothing else', async () => {
  const w = await witnessedWorld('lines', ['a']);
  await w.grow(2);
  const old = (await newestCheckpoint(w.ctx))?.note ?? '';
  await w.grow(2);
  const [witness = ''] = w.vkeys;
  const { text } = parseNote(old);
  const secretKey = new Uint8Array(32).fill(7);
  const stranger = { name: 'a.witness.test', secretKey };
  const forged = old + signatureLine(cosign(text, stranger, 1));
  assert.equal(await addCosignature(w.ctx, { note: old, witness }), false);
  assert.equal(await addCosignature(w.ctx, { note: forged, witness }), false);
  const [, ...rest] = text.split('\n');
  const other = ['log.example/other', ...rest].join('\n');
  const foreign = `${other}\n${signatureLine(cosign(other, stranger, 1))}`;
  assert.equal(await addCosignature(w.ctx, { note: foreign, witness }), false);
  // The witness signs the older one after the newer one is there.
  const answer = await w.net.network(`${w.witnesses[0]?.url}/add-checkpoint`, {
    method: 'POST',
    body: `old 0\n\n${old}`,
  });
  const signed = old + (await answer.text());
  assert.equal(await addCosignature(w.ctx, { note: signed, witness }), true);
  assert.equal(await addCosignature(w.ctx, { note: signed, witness }), true);
  const { n } = await w.ctx.db.one<{ n: number }>({
    text: 'select count(*)::int as n from evidence.cosignature where size = 2',
    values: [],
  });
  assert.equal(n, 1);
});

test('[R067] a line that somebody put into the database past the check proves nothing', async () => {
  const w = await witnessedWorld('put-in', ['a']);
  const id = await w.grow();
  const [witness = ''] = w.vkeys;
  const { text } = parseNote((await newestCheckpoint(w.ctx))?.note ?? '');
  const line = signatureLine(cosign(text, { name: 'a.witness.test', secretKey: new Uint8Array(32) }, 1)); // prettier-ignore
  await w.ctx.db.run({
    text: `insert into evidence.cosignature values ('log.example/test', 1, $1, $2)`,
    values: [witness, line],
  });
  assert.equal(await proofFor(w.ctx, id, { witnesses: [witness], witnesses_min: 1 }), undefined);
});

test('[R067] a witness with another key, or an answer that is no signature, is not believed', async () => {
  const w = await witnessedWorld('liar');
  await w.grow();
  const [a, b] = w.witnesses;
  assert.ok(a && b);
  const swapped = await createWitnessing(w.ctx, [{ vkey: a.vkey, url: b.url }]).run();
  assert.match(swapped.failures[0]?.message ?? '', /without a countersignature under its key/);
  for (const [body, status, words] of [
    ['x'.repeat(20_000), 200, /cannot be reached/],
    ['nothing', 200, /without a countersignature/],
    ['many', 409, /without saying which size/],
    ['', 500, /answered 500/],
    ['7\n', 409, /has countersigned 7 entries/],
  ] as const) {
    const headers = { 'content-type': body === '7\n' ? 'text/x.tlog.size' : 'text/plain' };
    const network = (async () =>
      new Response(body, { status, headers })) as unknown as typeof fetch;
    const done = await createWitnessing({ ...w.ctx, network }, [a]).run();
    assert.match(done.failures[0]?.message ?? '', words);
    assert.equal(done.failures[0] instanceof WitnessRefusal, body === '7\n');
  }
});

test('[R067] a manifest names all witnesses and demands all of them, up to two, unless told otherwise', async () => {
  const witnesses = ['a', 'b', 'c'].map((vkey) => ({ vkey, url: '', independent: vkey !== 'c' }));
  const ask = (count: number, witnesses_min?: number) =>
    witnessQuorum({ witnesses: witnesses.slice(0, count), config: { evidence: { witnesses_min } } })
      .witnesses_min;
  assert.deepEqual([ask(0), ask(1), ask(2), ask(3), ask(3, 3), ask(3, 0)], [0, 1, 2, 2, 3, 0]);
  assert.deepEqual((await witnessesOf({ witnesses }))[2], { vkey: 'c', independent: false });
});
