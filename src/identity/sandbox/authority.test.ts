import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { manualClock } from '../../platform/clock.ts';
import type { RealNameProvider, RealNameQuery } from '../real-name.ts';
import {
  buildSandboxAuthorityApp,
  createHttpRealNameProvider,
  createPopulation,
  createSandboxAuthority,
} from './index.ts';
import { signBody } from './signature.ts';

const NOW = new Date('2026-11-22T01:00:00Z');
const WORLD = { seed: 'authority', size: 5_000 };
const SECRET = new TextEncoder().encode('a secret of the loopback test');
const population = createPopulation(WORLD);
const clock = manualClock(NOW);
const authority = createSandboxAuthority({ ...WORLD, clock });

function queryOf(index: number): RealNameQuery {
  const { name, documentNumber } = population.syntheticPerson(index);
  return { name, documentType: 'resident_id', documentNumber };
}

function firstIndex(wanted: (name: string) => boolean): number {
  for (let index = 0; index < WORLD.size; index++) {
    if (wanted(population.syntheticPerson(index).name)) return index;
  }
  throw new Error('no such name in the population');
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startAuthority(t: TestContext): Promise<string> {
  const app = buildSandboxAuthorityApp({ authority, secret: SECRET, clock });
  t.after(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function providerAt(baseUrl: string, changes: { secret?: Uint8Array; timeoutMs?: number } = {}) {
  return createHttpRealNameProvider({ name: 'remote', baseUrl, secret: SECRET, clock, ...changes });
}

async function assertAnswers(provider: RealNameProvider): Promise<void> {
  const dotted = firstIndex((name) => name.includes('·'));
  const cases: [string, RealNameQuery, string][] = [
    ['own name', queryOf(3), 'match'],
    [
      'spaces in the name',
      { ...queryOf(3), name: ` ${Array.from(queryOf(3).name).join('\u3000')} ` },
      'match',
    ],
    ['another dot', { ...queryOf(dotted), name: queryOf(dotted).name.replace('·', '•') }, 'match'],
    ['a full stop', { ...queryOf(dotted), name: queryOf(dotted).name.replace('·', '．') }, 'match'],
    ['register of the same number', { ...queryOf(3), documentType: 'household_register' }, 'match'],
    ['name of another', { ...queryOf(3), name: `${queryOf(3).name}甲` }, 'mismatch'],
    ['a number of nobody', { ...queryOf(3), documentNumber: '11010519491231002X' }, 'unknown'],
    ['a passport', { ...queryOf(3), documentType: 'passport' }, 'unknown'],
  ];
  for (const [label, query, expected] of cases) {
    const answer = await provider.check(query);
    assert.equal(answer.result, expected, label);
    assert.equal(answer.source, provider.name);
    assert.deepEqual(answer.checkedAt, NOW);
    assert.match(answer.reference, /^[0-9a-f-]{36}$/);
  }
}

test('the sandbox authority answers for its population in process', async () => {
  await assertAnswers(authority);
});

describe('the authority over HTTP', () => {
  test('answers as it does in process', async (t) => {
    await assertAnswers(providerAt(await startAuthority(t)));
  });

  test('refuses a message signed with another secret', async (t) => {
    const secret = new TextEncoder().encode('another secret');
    const provider = providerAt(await startAuthority(t), { secret });
    assert.equal((await provider.check(queryOf(3))).result, 'unavailable');
  });

  test('refuses a changed body, an old time, a repeated id and a body it cannot read', async (t) => {
    const baseUrl = await startAuthority(t);
    const post = async (requestId: string, signed: string, sent = signed, at = NOW.getTime()) => {
      const time = String(at);
      const response = await fetch(`${baseUrl}/v1/real-name-checks`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-request-id': requestId,
          'x-request-time': time,
          'x-signature': signBody(SECRET, { direction: 'request', requestId, time }, signed),
        },
        body: sent,
      });
      const { code } = (await response.json()) as { code?: string };
      return `${response.status} ${code ?? ''}`;
    };
    const body = JSON.stringify(queryOf(3));
    const other = JSON.stringify(queryOf(4));
    const sixMinutes = 6 * 60_000;
    assert.equal(await post('request-1', body), '200 ');
    assert.equal(await post('request-1', body), '409 request_replayed');
    assert.equal(await post('request-2', body, other), '401 signature_invalid');
    assert.equal(
      await post('request-3', body, body, NOW.getTime() - sixMinutes),
      '401 time_out_of_range',
    );
    assert.equal(await post('request-4', body, body, Number.NaN), '401 time_out_of_range');
    assert.equal(await post('short', body), '400 request_id_invalid');
    assert.equal(await post('request-5', 'no json'), '400 body_invalid');
    assert.equal(await post('request-6', '{"name":"甲"}'), '400 document_type_invalid');
    assert.equal(await post('request-7', 'x'.repeat(5_000)), '413 request_failed');
  });
});

describe('the HTTP provider is unavailable', () => {
  test('when the authority does not answer in time, without asking twice', async (t) => {
    let asked = 0;
    const baseUrl = await serve(t, () => asked++);
    const answer = await providerAt(baseUrl, { timeoutMs: 100 }).check(queryOf(3));
    assert.equal(answer.result, 'unavailable');
    assert.deepEqual(answer.checkedAt, NOW);
    assert.equal(asked, 1);
  });

  test('when the connection breaks twice', async (t) => {
    const ids: unknown[] = [];
    const baseUrl = await serve(t, (request) => {
      ids.push(request.headers['x-request-id']);
      request.socket.destroy();
    });
    assert.equal((await providerAt(baseUrl).check(queryOf(3))).result, 'unavailable');
    assert.equal(new Set(ids).size, 2);
  });

  test('when an answer is unsigned, redirected or an error', async (t) => {
    const forged = JSON.stringify({
      result: 'match',
      reference: 'x',
      checkedAt: NOW.toISOString(),
    });
    const baseUrl = await serve(t, (_request, response) => response.end(forged));
    assert.equal((await providerAt(baseUrl).check(queryOf(3))).result, 'unavailable');
    const redirecting = await serve(t, (_request, response) =>
      response.writeHead(307, { location: baseUrl }).end(),
    );
    assert.equal((await providerAt(redirecting).check(queryOf(3))).result, 'unavailable');
    const failing = await serve(t, (_request, response) => response.writeHead(500).end());
    assert.equal((await providerAt(failing).check(queryOf(3))).result, 'unavailable');
  });
});

test('the HTTP provider asks again after one broken connection', async (t) => {
  const target = await startAuthority(t);
  let asked = 0;
  const baseUrl = await serve(t, (request, response) => {
    asked++;
    if (asked === 1) {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      void fetch(`${target}${request.url}`, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      }).then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      });
    });
  });
  assert.equal((await providerAt(baseUrl).check(queryOf(3))).result, 'match');
  assert.equal(asked, 2);
});
