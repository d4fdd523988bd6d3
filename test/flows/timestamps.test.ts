import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { timestampAuthority, type Fault } from '../support/timestamp-authority.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { fromBase64, utf8 } from '../../src/platform/tlog/index.ts';
import { readTimestamp } from '../../src/release/sealed-draw/timestamp.ts';
import { requestTimestamp, timestampFor } from '../../src/evidence/index.ts';

const time = new Date('2026-11-24T01:02:03Z');
const leaf = utf8('{"draw":"d","t":"draw.sealed"}');
const digest = createHash('sha256').update(leaf).digest();
let authority: Awaited<ReturnType<typeof timestampAuthority>>;
const ctx = { network: fetch, random: seededRandom('stamps') };

before(async () => {
  authority = await timestampAuthority(time);
});
after(() => authority.stop());

test('[R067] a timestamp is over the leaf’s digest and reads as a bundle needs it', async () => {
  for (let round = 0; round < 3; round++) {
    const token = await requestTimestamp(ctx, { url: authority.url, digest });
    const read = readTimestamp(fromBase64(token));
    assert.deepEqual(Buffer.from(read.imprint), digest);
    assert.equal(read.time, time.getTime() / 1000);
  }
});

const faults: [Fault, RegExp][] = [
  ['refuses', /refused \(status 2\)/],
  ['other digest', /over something else/],
  ['other nonce', /another request/],
  ['bad signature', /does not hold/],
  ['down', /answered 503/],
];
for (const [fault, words] of faults)
  test(`[R067] a timestamp is not taken from an authority that is wrong: ${fault}`, async () => {
    authority.fail(fault);
    try {
      await assert.rejects(requestTimestamp(ctx, { url: authority.url, digest }), words);
      const failures: unknown[] = [];
      const config = { evidence: { tsa_url: authority.url } };
      const none = await timestampFor({ ...ctx, config }, leaf, (error) => failures.push(error));
      assert.deepEqual(none, []);
      assert.match((failures[0] as Error).message, words);
    } finally {
      authority.fail(undefined);
    }
  });

test('[R067] timestamps are off unless an authority is named', async () => {
  const off = { ...ctx, config: { evidence: { tsa_url: undefined } } };
  const network = () => assert.fail('nobody was to be asked');
  assert.deepEqual(await timestampFor({ ...off, network }, leaf), []);
  const on = { ...ctx, config: { evidence: { tsa_url: authority.url } } };
  assert.equal((await timestampFor(on, leaf)).length, 1);
});
