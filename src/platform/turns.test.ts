import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { shareTurns, waitedForTurn } from './turns.ts';

const host = '127.0.0.1';
type Begin = (request: IncomingMessage, response: ServerResponse) => void;

/** People who are connected and send one request each, all before the server reads the first. */
async function crowd(begin: Begin, people: number, per_turn?: number, waiting_per_turn = per_turn) {
  const server = createServer(begin);
  if (per_turn !== undefined) shareTurns(server, per_turn, waiting_per_turn);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  for (let n = 0; n < people; n++) {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    socket.on('error', () => undefined).resume();
    sockets.push(socket);
  }
  // Connected on both sides, so that nothing but requests is left to come.
  await sleep(50);
  sockets.forEach((socket, n) => socket.write(`GET /${n} HTTP/1.1\r\nhost: ${host}\r\n\r\n`));
  return {
    sockets,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** How many requests had been begun when the second step of the first of them came. */
async function begunBeforeSecondStep(per_turn?: number): Promise<{ at: number; urls: string[] }> {
  const urls: string[] = [];
  let at = 0;
  const all = Promise.withResolvers<void>();
  const people = 100;
  const begin: Begin = (request, response) => {
    if (urls.push(request.url ?? '') === 1) setImmediate(() => (at = urls.length));
    response.end();
    if (urls.length === people) all.resolve();
  };
  const here = await crowd(begin, people, per_turn);
  // All requests are in the kernel when the server comes to read them.
  const until = performance.now() + 100;
  while (performance.now() < until);
  await all.promise;
  await sleep(10);
  here.stop();
  return { at, urls };
}

test('whoever is being served is seen to before the whole crowd has begun', async () => {
  const { at, urls } = await begunBeforeSecondStep(10);
  assert.ok(at <= 20, `${at} had begun, more than two turns`);
  assert.deepEqual(
    urls,
    urls.map((_, n) => `/${n}`),
    'in the order in which they came',
  );
});

test('control: without turns the whole crowd begins first', async () => {
  const { at } = await begunBeforeSecondStep();
  assert.ok(at > 50, `${at} had begun`);
});

test('who hung up while waiting is not begun, the others are; each knows how long it waited', async () => {
  const begun: string[] = [];
  const waited: number[] = [];
  const turned = Promise.withResolvers<void>();
  const here = await crowd(
    (request, response) => {
      begun.push(request.url ?? '');
      waited.push(waitedForTurn(request));
      // The second takes long, as one with much to do would, while the others wait and the last hangs up.
      if (begun.length === 2) {
        const until = performance.now() + 30;
        while (performance.now() < until);
      }
      response.end();
      if (begun.length === 3) turned.resolve();
    },
    4,
    1,
  );
  here.sockets[3]?.destroy();
  await turned.promise;
  await sleep(50);
  here.stop();
  assert.deepEqual(begun, ['/0', '/1', '/2']);
  assert.equal(waited[0], 0, 'the first was begun at once');
  assert.ok((waited[2] ?? 0) > 20, `the last waited ${waited[2]} ms`);
});

test('of those who had to wait fewer are begun in each turn than of those who came first', async () => {
  const a_turn: number[] = [];
  let begun = 0;
  const all = Promise.withResolvers<void>();
  const people = 50;
  const here = await crowd(
    (_request, response) => {
      if (begun++ === 0) setImmediate(() => (a_turn.push(begun), (begun = 0)));
      response.end();
      if (a_turn.reduce((sum, one) => sum + one, begun) === people) all.resolve();
    },
    people,
    20,
    5,
  );
  const until = performance.now() + 100;
  while (performance.now() < until);
  await all.promise;
  await sleep(10);
  here.stop();
  assert.ok((a_turn[0] ?? 0) >= 20, `${a_turn.join()} a turn`);
  assert.ok(Math.max(...a_turn.slice(2)) <= 10, `${a_turn.join()} a turn`);
});
