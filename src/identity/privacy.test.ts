import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { can, createAuthenticator, identityRoutes } from './index.ts';
import { readConfig } from '../platform/config.ts';
import { createHttp, type App } from '../platform/http.ts';
import { sql } from '../platform/sql.ts';
import { readOutbox } from './messages.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('privacy');
});
after(() => world.stop());

const own = { 'sec-fetch-site': 'same-origin' };

/** Every text and byte string stored in the schemas identity and platform, as one text. */
async function dump(): Promise<string> {
  const { db } = world.ctx;
  const tables = await db.many<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema in ('identity', 'platform') and table_type = 'BASE TABLE'`);
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.many<Record<string, unknown>>({
      text: `select * from ${name}`,
      values: [],
    });
    for (const value of rows.flatMap((row) => Object.values(row)))
      parts.push(
        Buffer.isBuffer(value)
          ? `${value.toString('utf8')} ${value.toString('hex')}`
          : JSON.stringify(value),
      );
  }
  return parts.join('\n');
}

/** Collects what the app's logger writes from now on. */
function logOf(app: App): string[] {
  const lines: string[] = [];
  const logger = app.log as unknown as Record<symbol, { write(line: string): void }>;
  const stream = logger[pino.symbols.streamSym];
  assert.ok(stream, 'the app logs with pino');
  stream.write = (line) => void lines.push(line);
  return lines;
}

test('no name, phone, number, code or address stands in clear in the database or the log', async () => {
  const person = world.population.syntheticPerson(7);
  const phone = '13512345678';
  const password = 'secret-of-the-clerk';
  let code = '';
  const config = readConfig({ DEMO: '0', LOG_LEVEL: 'trace' });
  const authenticate = createAuthenticator(world.ctx);
  const app = await createHttp({ config, authenticate, can: (held, one) => can(held, one) });
  identityRoutes(app, world.ctx);
  app.get('/api/broken', { config: { permission: 'public' } }, () => {
    throw new Error('broken on purpose');
  });
  const lines = logOf(app);
  app.log.info({ name: person.name, body: { phone, code, password } }, 'careless');
  await app.inject({ method: 'POST', url: '/api/sign-in/code', payload: { phone } });
  code = /\d{6}/.exec((await readOutbox(world.ctx))[0]?.text ?? '')?.[0] ?? '';
  const signed = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    payload: { phone, code },
  });
  const cookie = String(signed.headers['set-cookie']).split(';')[0] ?? '';
  const payload = {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    phone: person.phone,
    relation: 'self',
    consents: ['health_data', 'child_data'].map((purpose) => ({ purpose, version: 1 })),
  };
  const headers = { ...own, cookie };
  const added = await app.inject({ method: 'POST', url: '/api/patients', headers, payload });
  assert.equal(added.statusCode, 200, added.body);
  await app.inject({
    method: 'POST',
    url: '/api/patients',
    headers,
    payload: { ...payload, name: '！' },
  });
  await app.inject({
    method: 'POST',
    url: '/api/staff/sign-in',
    payload: { username: 'nobody', password },
  });
  await app.inject({ url: '/api/broken', headers });
  await app.close();
  const log = lines.join('');
  assert.ok(log.includes('broken on purpose') && log.includes('careless'));
  const stored = await dump();
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  for (const [what, secret] of Object.entries({
    name: person.name,
    number: person.documentNumber,
    phone,
    patient_phone: person.phone,
    address: '127.0.0.1',
    password,
  })) {
    assert.ok(!stored.includes(secret) && !stored.includes(hex(secret)), `${what} in the database`);
    assert.ok(!log.includes(secret), `${what} in the log`);
  }
  assert.ok(!stored.includes(`"${code}"`) && !log.includes(code));
  // The search finds what is there: the event's actor is an id in clear.
  assert.ok(stored.includes('identity.patient.registered'));
});
