import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startDemoWitnesses } from '../../src/demo-witnesses.ts';
import {
  createWitnessing,
  newestCheckpoint,
  proofFor,
  renewLog,
  witnessesOf,
  type WitnessSetting,
} from '../../src/evidence/index.ts';
import { projectFolder } from '../../src/platform/project.ts';
import { fromHex, parseVkey, toHex, utf8 } from '../../src/platform/tlog/index.ts';
import { checkProof } from '../../src/release/sealed-draw/index.ts';
import { evidenceWorld, TEST_ORIGIN } from '../support/evidence.ts';
import { dataFolder } from '../support/server.ts';

const data = dataFolder();
const leaf = '{"draw":"d","manifestHash":"00","t":"draw.announced"}';
let w: Awaited<ReturnType<typeof evidenceWorld>>;
const children: ChildProcess[] = [];

before(async () => {
  w = await evidenceWorld('witness processes');
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await w.stop();
  data.remove();
});

/** Runs `npm run witness` and returns what it says, until it listens or ends. */
function witness(
  ...args: string[]
): Promise<{ said: string; code: number | null; child: ChildProcess }> {
  const program = join(projectFolder, 'src/evidence/witness/cli.ts');
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  return new Promise((resolve) => {
    const hear = (chunk: unknown): void => {
      said += String(chunk);
      if (/ listens on \S+\.\n/.test(said)) resolve({ said, code: null, child });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) => resolve({ said, code, child }));
  });
}

const demo = (onError: (error: unknown) => void = (error) => assert.fail(String(error))) =>
  startDemoWitnesses(
    { ...w.ctx, config: { data_dir: data.path }, sequencer: w.sequencer() } as never,
    onError,
  );
const ctx = () => ({ ...w.ctx, network: fetch });

let settings: WitnessSetting[];
test('[R067] two witness processes countersign the log, and a draw’s verifier accepts the proof', async () => {
  const [event_id = ''] = await w.tell([
    {
      name: 'release.draw.announced',
      hospital_id: null,
      subject: 'draw:d',
      version: 1,
      actor: 'system',
      payload: { draw_id: 'd', leaf },
    },
  ]);
  const started = await demo();
  await started.ready;
  settings = started.settings;
  assert.deepEqual(
    settings.map((one) => [parseVkey(one.vkey).name, one.independent]),
    [
      ['demo-witness-a.not-independent', false],
      ['demo-witness-b.not-independent', false],
    ],
  );
  assert.deepEqual(await createWitnessing(ctx(), settings).run(), { cosigned: 2, failures: [] });
  const witnesses = (await witnessesOf({ witnesses: settings })).map(({ vkey }) => vkey);
  const proof = await proofFor(w.ctx, event_id, { witnesses, witnesses_min: 2 });
  assert.ok(proof);
  const publicKey = toHex(parseVkey(w.vkey).publicKey);
  const trust = { log: { origin: TEST_ORIGIN, publicKey }, witnesses, witnesses_min: 2 };
  const file = {
    checkpoint: proof.checkpoint,
    inclusion: { index: proof.index, proof: proof.proof },
    timestamps: [],
    witnesses: proof.witnesses,
  };
  const report = checkProof(file, utf8(leaf), trust);
  assert.deepEqual(report.problems, []);
  assert.equal(report.witnessed.length, 2);
  assert.equal(fromHex(publicKey).length, 32);
  await started.stop();
});

test('[R067] the demo’s witnesses go on from their state, with the keys they had', async () => {
  await w.tell([w.change('slot:1', 1)]);
  const again = await demo();
  await again.ready;
  assert.deepEqual(
    again.settings.map(({ vkey }) => vkey),
    settings.map(({ vkey }) => vkey),
  );
  assert.deepEqual(await createWitnessing(ctx(), again.settings).run(), {
    cosigned: 2,
    failures: [],
  });
  await again.stop();
});

test('[R067] a second process on a witness’s folder is refused, and a killed one leaves no lock', async () => {
  const dir = join(data.path, 'locked');
  const args = ['--log', w.vkey, '--name', 'one.test', '--dir', dir, '--port', '0'];
  const one = await witness(...args, '--first');
  assert.match(one.said, /listens on/);
  const other = await witness(...args);
  assert.equal(other.code, 1);
  assert.match(other.said, /Another witness \(process \d+\) is using/);
  one.child.kill('SIGKILL');
  const next = await witness(...args, '--until-stdin-ends');
  assert.match(next.said, /listens on/);
  const gone = new Promise((resolve) => next.child.once('close', resolve));
  next.child.stdin?.end();
  assert.equal(await gone, 0);
});

test('[R067] the command refuses bad use, a second --first, and a lost state until a checkpoint is given', async () => {
  assert.equal((await witness()).code, 2);
  assert.equal((await witness('--log', w.vkey, '--name', 'x', '--dir', data.path, '--first', '--checkpoint', 'f')).code, 2); // prettier-ignore
  const dir = join(data.path, 'witness-a');
  const args = ['--log', w.vkey, '--name', 'demo-witness-a.not-independent', '--dir', dir, '--port', '0']; // prettier-ignore
  assert.match((await witness(...args, '--first')).said, /--first is for a new witness/);
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.state')))
    rmSync(join(dir, file));
  const lost = await witness(...args);
  assert.equal(lost.code, 1);
  assert.match(lost.said, /signs nothing until a person gives the last checkpoint/);
  const failures: Error[] = [];
  const started = await demo((error) => failures.push(error as Error));
  await started.ready;
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.message ?? '', /demo-witness-a.* does not countersign: .* burnt/s);
  // It stays named, so that draws are burnt rather than held without it.
  assert.deepEqual(
    started.settings.map(({ vkey }) => vkey),
    settings.map(({ vkey }) => vkey),
  );
  const [event_id = ''] = await w.tell([w.change('slot:2', 1)]);
  await w.sequencer().drain();
  assert.equal((await createWitnessing(ctx(), started.settings).run()).cosigned, 1);
  const witnesses = started.settings.map(({ vkey }) => vkey);
  assert.equal(await proofFor(w.ctx, event_id, { witnesses, witnesses_min: 2 }), undefined);
  await started.stop();
  const file = join(data.path, 'checkpoint');
  writeFileSync(file, (await newestCheckpoint(w.ctx))?.note ?? '');
  const back = await witness(...args, '--checkpoint', file);
  assert.match(back.said, /listens on/);
  assert.ok(existsSync(join(dir, 'key')));
  const ended = new Promise((resolve) => back.child.once('close', resolve));
  back.child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

test('[R067] after a renewal the demo says that its witnesses wait for a person', async () => {
  await renewLog(w.ctx, { actor: 'operator:test' });
  const failures: Error[] = [];
  const started = await demo((error) => failures.push(error as Error));
  await started.ready;
  await started.stop();
  assert.equal(failures.length, 2);
  for (const { message } of failures) assert.match(message, /--checkpoint FILE/);
  assert.equal(started.settings.length, 2);
});
