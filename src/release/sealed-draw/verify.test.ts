import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  canonicalBytes,
  concatBytes,
  toBase64,
  utf8,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import {
  makeSyntheticDraw,
  type SyntheticDraw,
  type SyntheticOptions,
} from '../../../test/support/synthetic-draw.ts';
import type { Tamper } from '../../../test/support/synthetic-stage.ts';
import {
  sealedLeaf,
  verifyBundle,
  type Check,
  type FinalLine,
  type VerifyOptions,
} from './index.ts';

// Dice spare the slow pairings where the beacon is not the subject.
const RICH: SyntheticOptions = { kind: 'dice', reserves: true, weights: true };
const CITY: SyntheticOptions = { ...RICH, kind: 'city' };

function failed(checks: readonly Check[]): string[] {
  return checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
}

function tampered(tamper: Tamper, options: SyntheticOptions = RICH): SyntheticDraw {
  return makeSyntheticDraw({ ...options, tamper });
}

function failures(draw: SyntheticDraw, options: VerifyOptions = {}): string[] {
  return failed(verifyBundle(draw.files, { log: draw.log, ...options }));
}

test('every check passes on an honest draw with reserves, weights and returns', () => {
  for (const options of [{}, RICH, CITY, { entries: 0 }, { returns: false }] as const) {
    const draw = makeSyntheticDraw(options);
    const receipt = draw.receipts[3] ?? draw.withdrawnReceipt;
    const checks = verifyBundle(draw.files, { receipt, others: [draw.files], log: draw.log });
    const notPassed = checks.filter(({ status }) => status !== 'pass');
    assert.deepEqual(notPassed, [], JSON.stringify(options));
  }
});

test('a withdrawn entry’s receipt passes through void.jsonl', () => {
  const draw = makeSyntheticDraw();
  const checks = verifyBundle(draw.files, { receipt: draw.withdrawnReceipt });
  assert.equal(checks[4]?.status, 'pass');
});

test('what was not given is not checked, and never counts as passed', () => {
  const draw = makeSyntheticDraw({ kind: 'dice', witnesses: 0 });
  const checks = verifyBundle(draw.files);
  const open = checks.filter(({ status }) => status === 'not-checked');
  assert.deepEqual(
    open.map(({ id }) => id),
    ['V1', 'V3', 'V5', 'V11', 'V12'],
  );
  for (const { told } of open) {
    assert.match(told[0]?.en ?? '', /^not checked: needs /);
    assert.match(told[0]?.zh ?? '', /^未检查：.*需要/);
  }
  for (const missing of draw.files.keys()) {
    const rest = new Map(draw.files);
    rest.delete(missing);
    const found = failed(verifyBundle(rest));
    // Only the files of a return may not go: a return whose traces remain must be complete.
    assert.deepEqual(
      found,
      missing.endsWith('/returns.jsonl') || missing === 'void.jsonl' ? found : [],
    );
  }
  assert.deepEqual(failed(verifyBundle(new Map())), []);
  const empty = verifyBundle(new Map());
  assert.ok(empty.every(({ status }) => status === 'not-checked'));
});

test('an unwitnessed draw whose own seal time is late still fails V3', () => {
  const draw = makeSyntheticDraw({ kind: 'dice', witnesses: 0 });
  const seal = draw.files.get('seal.json') ?? assert.fail();
  const late = utf8Text(seal).replace(/"sealedAt":\d+/, '"sealedAt":1790000000');
  assert.deepEqual(failed(verifyBundle(new Map(draw.files).set('seal.json', utf8(late)))), ['V3']);
});

test('an entry dropped, added or edited is found', () => {
  const first = (draw: SyntheticDraw) => draw.receipts[0] ?? assert.fail();
  const mine = first(makeSyntheticDraw(RICH));
  const dropped = tampered({ poolBeforeSeal: (pool) => pool.filter(({ e }) => e !== mine.e) });
  assert.deepEqual(failures(dropped), ['V10'], 'dropped before sealing: the counts tell');
  assert.deepEqual(
    failures(dropped, { receipt: mine }),
    ['V5', 'V10'],
    'and the receipt proves it',
  );
  const droppedLate = tampered({ poolAfterSeal: (pool) => pool.filter(({ e }) => e !== mine.e) });
  assert.deepEqual(failures(droppedLate), ['V4', 'V10']);
  const ghost = { c: 0, e: '0f'.repeat(32), p: ['A'], w: 1 };
  assert.deepEqual(failures(tampered({ poolBeforeSeal: (pool) => [...pool, ghost] })), ['V10']);
  assert.deepEqual(failures(tampered({ poolAfterSeal: (pool) => [...pool, ghost] })), [
    'V4',
    'V10',
  ]);
  const edit = (pool: SyntheticDraw['parts']['pool']) =>
    pool.map((line) => (line.e === mine.e ? { ...line, p: ['B', 'C'] } : line));
  assert.deepEqual(failures(tampered({ poolAfterSeal: edit })), ['V4']);
  assert.deepEqual(failures(tampered({ poolBeforeSeal: edit }), { receipt: mine }), ['V5']);
});

test('a changed weight or class is found', () => {
  const heavier = tampered({
    poolBeforeSeal: (pool) => pool.map((line, i) => (i === 4 ? { ...line, w: line.w + 1 } : line)),
  });
  assert.deepEqual(failures(heavier), ['V10']);
  const swapped = tampered({
    poolBeforeSeal: (pool) => pool.map((line, i) => (i === 4 ? { ...line, c: 1 - line.c } : line)),
  });
  assert.deepEqual(failures(swapped), ['V10']);
  const tooHeavy = makeSyntheticDraw({ weights: false });
  const plain = makeSyntheticDraw({
    weights: false,
    tamper: { poolBeforeSeal: (pool) => pool.map((line) => ({ ...line, w: 2 })) },
  });
  assert.deepEqual(failures(plain), ['V10']);
  assert.deepEqual(failures(tooHeavy), []);
});

test('rules changed after their announcement are found by V1 alone', () => {
  const changes: Record<string, Tamper['manifest']> = {
    'slot count': (m) => ({
      ...m,
      slots: [...m.slots, 'A'],
      precedence: [...m.precedence, m.slots.length],
    }),
    'slot order': (m) => ({ ...m, slots: [...m.slots].reverse() }),
    precedence: (m) => ({ ...m, precedence: [...m.precedence].reverse() }),
    reserves: (m) => ({ ...m, reserves: [] }),
    'weight limit': (m) => ({ ...m, classes: m.classes.map((one) => ({ ...one, weight_max: 7 })) }),
  };
  for (const [what, manifest] of Object.entries(changes)) {
    // The log, too, holds the announcement of the honest manifest only.
    assert.deepEqual(
      failures(tampered({ manifest: manifest ?? assert.fail() })),
      ['V1', 'V12'],
      what,
    );
    assert.deepEqual(
      failed(verifyBundle(tampered({ manifest: manifest ?? assert.fail() }).files)),
      ['V1'],
      what,
    );
  }
});

test('a wrong round is found by V2, a late seal by V3', () => {
  assert.deepEqual(failures(tampered({ roundDelay: 1 }, CITY)), ['V2']);
  assert.deepEqual(failures(tampered({ sealDelay: 400 })), ['V3']);
  assert.deepEqual(failures(tampered({ sealDelay: 200 })), []);
});

test('a rule with a false round or a short offset is found by V2', () => {
  const change = (
    edit: (beacon: { round: number; offset: number; margin: number }) => object,
  ): Tamper => ({
    manifest: (m) => ({ ...m, beacon: { ...m.beacon, ...edit(m.beacon as never) } }),
  });
  assert.deepEqual(
    failures(
      tampered(
        change(({ round }) => ({ round: round + 1 })),
        CITY,
      ),
    ),
    ['V1', 'V2', 'V12'],
  );
});

test('places given out of turn are found by V9', () => {
  const swap: Tamper['allocation'] = (lines) => {
    const [winner, loser] = [
      lines.findIndex(({ place }) => place !== null),
      lines.findIndex(({ place }) => place === null),
    ];
    return lines.map((line, i) =>
      i === winner
        ? { ...line, place: null, slot: null }
        : i === loser
          ? { ...(lines[winner] ?? line), e: line.e }
          : line,
    );
  };
  const precedence: Tamper['allocation'] = (lines, { slots }) => {
    const [first, second] = lines.filter(({ slot }) => slot === 'A');
    assert.ok(first && second && slots.length > 0);
    return lines.map((line) =>
      line === first
        ? { ...line, place: second.place }
        : line === second
          ? { ...line, place: first.place }
          : line,
    );
  };
  assert.deepEqual(failures(tampered({ allocation: swap })), ['V9']);
  assert.deepEqual(failures(tampered({ allocation: precedence })), ['V9'], 'precedence swapped');
});

test('two copies with two pools are found by V12 alone', () => {
  const one = makeSyntheticDraw(RICH);
  const fork = tampered({
    poolBeforeSeal: (pool) => pool.map((line) => ({ ...line, p: [...line.p].reverse() })),
  });
  assert.deepEqual(failed(verifyBundle(fork.files)), []);
  assert.deepEqual(failed(verifyBundle(fork.files, { others: [one.files] })), ['V12']);
  assert.deepEqual(failed(verifyBundle(fork.files, { log: one.log })), ['V12']);
  const receipt = one.receipts.find(({ e }) =>
    one.parts.pool.some((line) => line.e === e && line.p.length > 1),
  );
  assert.deepEqual(failed(verifyBundle(fork.files, { receipt })), ['V5']);
});

test('a forged or altered receipt is found by V5', () => {
  const draw = makeSyntheticDraw();
  const receipt = draw.receipts[0] ?? assert.fail();
  for (const forged of [
    { ...receipt, time: receipt.time - 1 },
    { ...receipt, sig: '00'.repeat(64) },
    { ...receipt, extra: 1 },
    null,
    'text',
  ]) {
    assert.deepEqual(failures(draw, { receipt: forged }), ['V5']);
  }
  const stranger = { ...receipt, draw: 'another' };
  assert.equal(verifyBundle(draw.files, { receipt: stranger })[4]?.status, 'not-checked');
});

test('what happens after the draw is held together by V11', () => {
  const extra: FinalLine = { e: null, place: null, t: 'add' };
  const cases: Record<string, Tamper> = {
    'off-ledger added number': { final: (lines) => [...lines, extra] },
    'place taken from its holder': {
      final: (lines) =>
        lines.map((line) => (line.t === 'draw' ? { ...line, e: null, t: 'direct' } : line)),
    },
    'skipped return draw': { skipReturn: 1 },
    'return from another round': { returnRoundDelay: 1 },
    'ignored exclusion': { ignoreExclusions: true },
    'place left out of a return': { returnLines: (lines) => lines.slice(1) },
    'place smuggled into a return': {
      returnLines: (lines) => [
        ...lines.filter(({ place }) => place !== 6),
        { place: 6, slot: 'A', why: 'cancel', x: [] },
      ],
    },
    'altered log': { eventsAfterClose: (events) => events.filter(({ t }) => t !== 'add') },
    're-dated log': {
      eventsAfterClose: (events) => events.map((event) => ({ ...event, at: event.at + 1 })),
    },
  };
  for (const [what, tamper] of Object.entries(cases)) {
    const options = tamper.returnRoundDelay || tamper.ignoreExclusions ? CITY : RICH;
    assert.deepEqual(failures(tampered(tamper, options)), ['V11'], what);
  }
});

test('a place unwanted by a return may join from another pool and go back to it', () => {
  const direct = tampered({
    returnLines: (lines, n) =>
      n === 1 ? [...lines, { place: 9, slot: 'B', why: 'direct', x: [] }] : lines,
  });
  assert.deepEqual(failures(direct), []);
});

test('a file that is not canonical or is cut off fails the check that owns it', () => {
  const { files } = makeSyntheticDraw(RICH);
  const owners: Record<string, string> = {
    'manifest.json': 'V1',
    'published.json': 'V1',
    'seal.json': 'V3',
    'pool.jsonl': 'V4',
    'beacon.json': 'V6',
    'ranking.jsonl': 'V8',
    'allocation.jsonl': 'V9',
    'counts.json': 'V10',
    'log.jsonl': 'V11',
    'final.jsonl': 'V11',
    'closed.json': 'V11',
    'returns/001/ranking.jsonl': 'V11',
  };
  for (const [path, owner] of Object.entries(owners)) {
    const bytes = files.get(path) ?? assert.fail(path);
    for (const bad of [
      utf8(` ${utf8Text(bytes)}`),
      bytes.slice(0, -1),
      Uint8Array.of(0xff, 0x0a),
    ]) {
      const found = failed(verifyBundle(new Map(files).set(path, bad)));
      assert.ok(found.includes(owner), `${path}: ${found.join()}`);
    }
  }
});

test('a timestamp is told but never passes V3 by itself, and one over something else fails it', () => {
  const draw = makeSyntheticDraw({ kind: 'dice', witnesses: 0, returns: false });
  const { manifest, seal } = draw.parts;
  assert.ok(seal);
  const leaf = sealedLeaf(manifest.draw, seal.manifestHash, seal.seal);
  const v3 = (imprint: Uint8Array, time: string) => {
    const stamped = { ...seal, timestamps: [toBase64(token(imprint, time))] };
    return verifyBundle(new Map(draw.files).set('seal.json', canonicalBytes(stamped)))[2];
  };
  const good = v3(nodeHasher.sha256(leaf), '20251009095000Z');
  assert.equal(good?.status, 'not-checked');
  assert.ok(
    good.told.some(({ en }) => /names this hash .* signature is not checked here/.test(en)),
  );
  assert.equal(v3(new Uint8Array(32), '20251009095000Z')?.status, 'fail');
  assert.equal(v3(nodeHasher.sha256(leaf), '20261009095000Z')?.status, 'fail');
});

/** The bytes of an RFC 3161 token, as far as a verifier reads it. */
function token(imprint: Uint8Array, time: string): Uint8Array {
  const der = (tag: number, ...parts: Uint8Array[]): Uint8Array => {
    const body = concatBytes(...parts);
    const length = body.length < 128 ? [body.length] : [0x81, body.length];
    return concatBytes(Uint8Array.of(tag, ...length), body);
  };
  const [sequence, integer, octets, oid] = [0x30, 0x02, 0x04, 0x06] as const;
  const one = der(integer, Uint8Array.of(1));
  const name = der(oid, Uint8Array.of(42));
  const info = der(
    sequence,
    one,
    name,
    der(sequence, der(sequence, name), der(octets, imprint)),
    one,
    der(0x18, utf8(time)),
  );
  const content = der(sequence, name, der(0xa0, der(octets, info)));
  const signed = der(sequence, der(integer, Uint8Array.of(3)), der(0x31), content, der(0x31));
  return der(sequence, name, der(0xa0, signed));
}

test('the command line prints every check by name and exits 0, 1 or 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-draw-'));
  const run = (...args: string[]) => {
    const cli = fileURLToPath(new URL('verify-cli.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const write = (name: string, files: ReadonlyMap<string, Uint8Array>): string => {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), bytes);
    }
    return join(folder, name);
  };
  try {
    const draw = makeSyntheticDraw();
    const honest = write('honest', draw.files);
    const log = write('log', draw.logFiles);
    const receipt = join(folder, 'receipt.json');
    writeFileSync(receipt, JSON.stringify(draw.receipts[1]));
    const all = run(honest, '--receipt', receipt, '--other', honest, '--log', log);
    assert.equal(all.status, 0, all.stdout + all.stderr);
    assert.match(all.stdout, /All 12 checks passed/);
    const late = run(write('late', makeSyntheticDraw({ tamper: { sealDelay: 900 } }).files));
    assert.equal(late.status, 1);
    assert.match(late.stdout, /FAIL .*V3 /);
    const vector = run(
      fileURLToPath(new URL('../../../test/fixtures/sealed-draw-kat.json', import.meta.url)),
    );
    assert.equal(vector.status, 0);
    assert.match(vector.stdout, /V1 .*\n.*\n.*not in the vector/);
    for (const args of [
      [],
      [join(folder, 'nothing')],
      [receipt],
      [folder],
      [honest, '--log', folder],
      [honest, '--what'],
    ]) {
      const bad = run(...args);
      assert.equal(bad.status, 2, args.join(' '));
      assert.match(bad.stderr, /\w/);
      assert.doesNotMatch(bad.stderr, / at .*\.ts:\d/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
