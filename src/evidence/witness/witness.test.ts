import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { logInMemory } from '../../../test/support/log-in-memory.ts';
import { manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import {
  cosignatureTime,
  emptyRoot,
  formatCheckpoint,
  formatNote,
  parseCheckpoint,
  parseNote,
  parseVkey,
  toBase64,
} from '../../platform/tlog/index.ts';
import type { Start } from './begin.ts';
import { originHash } from './disk.ts';
import { serveWitness } from './server.ts';
import { createWitness, type Witness } from './witness.ts';

const base = mkdtempSync(join(tmpdir(), 'zhenghao-witness-'));
after(() => rmSync(base, { recursive: true, force: true }));
const clock = manualClock(new Date('2026-11-24T01:00:00Z'));
const log = logInMemory('log.example/watched');
const fork = logInMemory('log.example/watched', 4);
const name = 'witness.example/w1';
let folders = 0;
const folder = () => join(base, String(++folders));
const first: Start = { first: true };

function begin(dir: string, start?: Start, vkey = log.vkey): Witness {
  const options = { log: vkey, name, dir, clock, random: seededRandom(dir) };
  return createWitness(start ? { ...options, start } : options);
}

const timeOf = (checkpoint: string, witness: Witness, lines: string) =>
  cosignatureTime(parseNote(checkpoint + lines), parseVkey(witness.vkey));

test('[R067] a witness countersigns what extends the log it knows, with its own time', () => {
  const witness = begin(folder(), first);
  for (const [old, size] of [
    [0, 3],
    [3, 3],
    [3, 10],
    [10, 700],
  ] as const) {
    // prettier-ignore
    const { status, body } = witness.addCheckpoint(log.request(old, size));
    assert.equal(status, 200);
    assert.equal(timeOf(log.checkpoint(size), witness, body), clock.now().getTime() / 1000);
  }
  const last = witness.lastCheckpoint(originHash('log.example/watched'));
  assert.equal(last.status, 200);
  assert.equal(parseCheckpoint(parseNote(last.body).text).size, 700);
  assert.notEqual(cosignatureTime(parseNote(last.body), parseVkey(witness.vkey)), null);
});

const stranger = logInMemory('log.example/other');
const unsigned = (note: string) => note.replace(/^(— \S+ \S{20})(.)/m, (_, head: string, digit: string) => head + (digit === 'A' ? 'B' : 'A')); // prettier-ignore
const emptyFalse = `old 0\n\n${formatNote(formatCheckpoint({ origin: 'log.example/watched', size: 0, root: new Uint8Array(32) }), [])}`;
const refusals: [string, () => string, number][] = [
  ['no body', () => '', 400],
  ['a first line that is no size', () => log.request(5, 8).replace('old 5', 'old 05'), 400],
  ['no checkpoint', () => 'old 5\n\n', 400],
  ['a proof line that is no hash', () => `old 5\nAAAA\n\n${log.checkpoint(8)}`, 400],
  [
    'more than 63 proof lines',
    () => `old 5\n${`${toBase64(emptyRoot())}\n`.repeat(64)}\n${log.checkpoint(8)}`,
    400,
  ],
  ['an old size above the checkpoint’s', () => `old 9\n\n${log.checkpoint(8)}`, 400],
  ['an unknown log', () => stranger.request(5, 8), 404],
  ['a false signature', () => unsigned(log.request(5, 8)), 403],
  ['no signature of the log', () => emptyFalse + '— someone AAAAAAAAAAAA\n', 403],
  ['an old size it does not have', () => log.request(4, 8), 409],
  ['an old size it does not have yet', () => log.request(6, 8), 409],
  ['a shorter log under a size it does not have', () => log.request(3, 3), 409],
  ['a proof of something else', () => `old 5\n${log.proof(4, 8)}\n${log.checkpoint(8)}`, 422],
  ['no proof', () => `old 5\n\n${log.checkpoint(8)}`, 422],
  ['another history', () => fork.request(5, 8), 422],
  ['another root at the size it has', () => fork.request(5, 5), 422],
];
test('[R067] a witness refuses as C2SP tlog-witness says, and keeps what it has', () => {
  const witness = begin(folder(), first);
  assert.equal(witness.addCheckpoint(log.request(0, 5)).status, 200);
  for (const [what, request, status] of refusals) {
    const answer = witness.addCheckpoint(request());
    assert.equal(answer.status, status, `${what}: ${answer.body}`);
    if (status !== 409) continue;
    assert.deepEqual([answer.type, answer.body], ['text/x.tlog.size', '5\n']);
  }
  assert.equal(witness.addCheckpoint(log.request(5, 8)).status, 200);
});

test('[R067] an empty log has one root only', () => {
  const secret = logInMemory('log.example/empty');
  const witness = begin(folder(), first, secret.vkey);
  assert.equal(witness.addCheckpoint(secret.request(0, 0)).status, 200);
  assert.equal(witness.addCheckpoint(`old 0\n${toBase64(emptyRoot())}\n\n${secret.checkpoint(2)}`).status, 422); // prettier-ignore
});

test('[R067] the protocol holds over HTTP, on loopback, with a limit on what is read', async () => {
  const witness = begin(folder(), first);
  const server = await serveWitness(witness);
  try {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const post = (body: string) => fetch(`${server.url}/add-checkpoint`, { method: 'POST', body });
    const signed = await post(log.request(0, 5));
    assert.equal(signed.status, 200);
    assert.notEqual(timeOf(log.checkpoint(5), witness, await signed.text()), null);
    const conflict = await post(log.request(0, 8));
    assert.equal(conflict.status, 409);
    assert.equal(conflict.headers.get('content-type'), 'text/x.tlog.size');
    assert.equal(await conflict.text(), '5\n');
    assert.equal((await post('x'.repeat(70_000))).status, 413);
    assert.equal((await fetch(`${server.url}/add-checkpoint`)).status, 405);
    const about = await (await fetch(server.url)).text();
    for (const part of [witness.vkey, log.vkey]) assert.ok(about.includes(part), about);
    const last = `${server.url}/${originHash('log.example/watched')}/checkpoint`;
    assert.ok((await (await fetch(last)).text()).startsWith('log.example/watched\n5\n'));
    assert.equal((await fetch(`${server.url}/${'0'.repeat(64)}/checkpoint`)).status, 404);
  } finally {
    await server.close();
  }
});

test('[R067] of requests at once that go different ways from one size, one is signed', async () => {
  for (let round = 0; round < 5; round++) {
    const witness = begin(folder(), first);
    assert.equal(witness.addCheckpoint(log.request(0, 5)).status, 200);
    const server = await serveWitness(witness);
    const bodies = [log.request(5, 8), fork.request(5, 8), log.request(5, 7), log.request(5, 9)];
    const replies = await Promise.all(
      bodies.map((body) => fetch(`${server.url}/add-checkpoint`, { method: 'POST', body })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    await server.close();
    assert.equal(statuses.filter((status) => status === 200).length, 1, String(statuses));
    assert.equal(replies[1]?.status === 200, false);
  }
});

test('[R067] a witness starts only from a person’s word or its own state', () => {
  const dir = folder();
  assert.throws(() => begin(dir), /give --first if nobody has seen this log yet/);
  const witness = begin(dir, first);
  assert.equal(witness.addCheckpoint(log.request(0, 5)).status, 200);
  assert.equal(statSync(join(dir, 'key')).mode & 0o077, 0);
  assert.throws(() => begin(dir, first), /--first is for a new witness/);
  assert.throws(() => begin(dir, first, stranger.vkey), /--first is for a new witness/);
  const again = begin(dir);
  assert.equal(again.vkey, witness.vkey);
  assert.equal(again.addCheckpoint(log.request(0, 8)).body, '5\n');
  assert.throws(
    () => createWitness({ log: log.vkey, name: 'someone.else', dir, clock, random: seededRandom('') }), // prettier-ignore
    /is the key of the witness/,
  );
  assert.throws(() => begin(folder(), first, witness.vkey), /not of a witness/);
  assert.throws(() => begin(folder(), first, 'nonsense'), /verifier key/);
});

test('[R067] a witness that lost its state signs nothing until a person gives the last checkpoint', () => {
  const dir = folder();
  const before = begin(dir, first);
  assert.equal(before.addCheckpoint(log.request(0, 5)).status, 200);
  const given = before.lastCheckpoint(originHash('log.example/watched')).body;
  for (const file of readdirSync(dir).filter((one) => one.endsWith('.state')))
    rmSync(join(dir, file));
  assert.throws(() => begin(dir), /lost.*signs nothing until a person gives/);
  assert.throws(() => begin(dir, first), /--first is for a new witness/);
  assert.throws(() => begin(dir, { checkpoint: stranger.checkpoint(5) }), /of the log/);
  assert.throws(() => begin(dir, { checkpoint: unsigned(log.checkpoint(5)) }), /not signed/);
  const again = begin(dir, { checkpoint: given });
  assert.equal(again.vkey, before.vkey);
  assert.equal(again.addCheckpoint(fork.request(5, 8)).status, 422);
  assert.equal(again.addCheckpoint(log.request(5, 8)).status, 200);
  rmSync(join(dir, 'key'));
  assert.throws(() => begin(dir), /key.* is missing.*restore the key/);
});

test('[R067] a checkpoint given beside a state never takes the witness back or aside', () => {
  const dir = folder();
  const witness = begin(dir, { checkpoint: log.checkpoint(5) });
  assert.equal(witness.addCheckpoint(log.request(5, 8)).status, 200);
  const later = witness.lastCheckpoint(originHash('log.example/watched')).body;
  assert.equal(begin(dir, { checkpoint: log.checkpoint(5) }).addCheckpoint(log.request(0, 9)).body, '8\n'); // prettier-ignore
  assert.throws(() => begin(dir, { checkpoint: fork.checkpoint(8) }), /forked/);
  assert.throws(() => begin(dir, { checkpoint: log.checkpoint(9) }), /leave --checkpoint out/);
  // The folder came from a backup: its own signature shows that it has seen more.
  const old = join(folder(), 'restored');
  begin(old, { checkpoint: log.checkpoint(5) });
  writeFileSync(join(old, 'key'), `${readKey(dir)}\n`);
  assert.equal(begin(old, { checkpoint: later }).addCheckpoint(log.request(0, 9)).body, '8\n');
});

function readKey(dir: string): string {
  return readFileSync(join(dir, 'key'), 'utf8').trim();
}

test('[R067] a damaged state stops the witness in words', () => {
  const dir = folder();
  begin(dir, first).addCheckpoint(log.request(0, 5));
  const state = readdirSync(dir).find((file) => file.endsWith('.state')) ?? '';
  const text = readFileSync(join(dir, state), 'utf8');
  for (const broken of ['', '{', text.replace('"size": 5', '"size": 4')]) {
    writeFileSync(join(dir, state), broken);
    assert.throws(() => begin(dir), /is damaged/);
  }
});

/** Dies by SIGKILL when it asks for the time: the state is on the disk, nothing is signed. */
const mortal = `
  import { createWitness } from '${join(import.meta.dirname, 'witness.ts')}';
  import { randomBytes } from 'node:crypto';
  const [log, dir, body] = process.argv.slice(1);
  const clock = { now: () => process.kill(process.pid, 'SIGKILL') };
  createWitness({ log, name: '${name}', dir, clock, random: { bytes: randomBytes } }).addCheckpoint(body);
`;

test('[R067] killed between keeping and answering, a witness signs the same again and nothing else', async () => {
  const dir = folder();
  const before = begin(dir, first);
  assert.equal(before.addCheckpoint(log.request(0, 5)).status, 200);
  const body = log.request(5, 8);
  const args = ['--input-type=module', '-e', mortal, log.vkey, dir, body];
  const [, signal] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')) as [number, string]; // prettier-ignore
  assert.equal(signal, 'SIGKILL');
  const after = begin(dir);
  // The log repeats what it sent and learns how far the witness is; a fork gets nothing.
  assert.equal(after.addCheckpoint(body).body, '8\n');
  assert.equal(after.addCheckpoint(fork.request(8, 8)).status, 422);
  assert.equal(after.addCheckpoint(fork.request(8, 9)).status, 422);
  const signed = after.addCheckpoint(log.request(8, 8));
  assert.equal(signed.status, 200);
  assert.notEqual(timeOf(log.checkpoint(8), after, signed.body), null);
});
