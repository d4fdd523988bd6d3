import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { verifyRound } from '../sealed-draw/index.ts';
import { gatherRound } from './gather.ts';
import type { Share } from './group-file.ts';
import { createHolder } from './holder.ts';
import { deal } from './shares.ts';

const genesis = 1_700_000_000;
const { group, shares } = deal(
  { threshold: 2, names: ['卫健委', '公证处', '大学'], genesis, period: 30 },
  seededRandom('holders'),
);
const clock = manualClock(new Date((genesis + 60) * 1000)); // round 3 has just come
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const holder = (n: number): Promise<string> =>
  listening(createHolder({ group, share: shares[n - 1] as Share, clock }));
const replying = (body: object | string, status = 200): Promise<string> =>
  listening(
    createServer((_, reply) =>
      reply.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)),
    ),
  );

const gather = (holders: string[], round = 3, timeout_ms = 5_000) =>
  gatherRound({ group, round, holders, network: fetch, timeout_ms });

test('a holder signs a round only once its own clock has passed the round’s time', async () => {
  const url = await holder(1);
  const due = await fetch(`${url}/partial/3`);
  assert.equal(due.status, 200);
  const part = (await due.json()) as { index: number; round: number; signature: string };
  assert.deepEqual([part.index, part.round], [1, 3]);
  assert.ok(verifyRound(group.holders[0]?.publicKey ?? '', 3, part.signature));
  const early = await fetch(`${url}/partial/4`);
  assert.equal(early.status, 425);
  assert.deepEqual(await early.json(), {
    error: `Round 4 is not due before ${genesis + 90} (Unix seconds).`,
  });
});

test('a holder shows its group and nothing else', async () => {
  const url = await holder(2);
  const shown = await (await fetch(`${url}/group`)).text();
  assert.deepEqual(JSON.parse(shown), group);
  assert.ok(!shown.includes(shares[1]?.secret ?? '-'));
  for (const path of ['/', '/partial/0', '/partial/-1', '/partial/1.5', '/partial/9e9', '/share'])
    assert.equal((await fetch(url + path)).status, 404, path);
  assert.equal((await fetch(`${url}/group`, { method: 'POST' })).status, 405);
});

test('with one of three holders dead the round is the same, and the dead one is named', async () => {
  const [one, two, three] = await Promise.all([holder(1), holder(2), holder(3)]);
  const whole = await gather([one, two, three]);
  assert.deepEqual(whole.faults, []);
  assert.deepEqual(whole.from, [1, 2, 3]);
  assert.ok(verifyRound(group.publicKey, 3, whole.signature ?? ''));
  const nobody = 'http://127.0.0.1:9';
  const without = await gather([nobody, three, two]);
  assert.equal(without.signature, whole.signature);
  assert.deepEqual(without.from, [2, 3]);
  assert.match(without.faults.join(), /key holder at http:\/\/127\.0\.0\.1:9 cannot be reached/);
  const alone = await gather([one, nobody]);
  assert.equal(alone.signature, undefined);
});

test('a lying holder is named and left out', async () => {
  const [two, three] = await Promise.all([holder(2), holder(3)]);
  const good = (await (await fetch(`${three}/partial/3`)).json()) as { signature: string };
  const lies = [
    await replying({ index: 1, round: 3, signature: good.signature }),
    await replying({ index: 1, round: 4, signature: good.signature }),
    await replying({ index: 1, round: 3, signature: 'short' }),
    await replying('<html>'),
    await replying('"' + 'a'.repeat(100_000)),
    await replying({ error: 'busy' }, 503),
  ];
  const whole = await gather([...lies, two, three]);
  assert.ok(verifyRound(group.publicKey, 3, whole.signature ?? ''));
  assert.deepEqual(whole.from, [2, 3]);
  const said = [
    /\(number 1, 卫健委\) gave a wrong signature of round 3; it was left out/,
    /\(number 1, 卫健委\) answered for round 4, not 3/,
    /unknown form/,
    /not JSON/,
    /far more than one round/,
    /answered 503 busy/,
  ];
  assert.equal(whole.faults.length, said.length);
  for (const [at, words] of said.entries()) assert.match(whole.faults[at] ?? '', words);
});

test('a holder that never answers costs no more than the time given', async () => {
  const silent = await listening(createServer(() => undefined));
  const [one, two] = await Promise.all([holder(1), holder(2)]);
  const began = performance.now();
  const whole = await gather([silent, one, two], 3, 400);
  assert.ok(performance.now() - began < 3_000);
  assert.deepEqual(whole.from, [1, 2]);
  assert.match(whole.faults.join(), /did not answer within 400 ms/);
});

test('before a round’s time the holders together give nothing', async () => {
  const urls = await Promise.all([holder(1), holder(2), holder(3)]);
  const early = await gather(urls, 4);
  assert.equal(early.signature, undefined);
  assert.equal(early.faults.filter((fault) => fault.includes('answered 425 Round 4')).length, 3);
});
