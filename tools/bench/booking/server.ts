import { readFileSync, writeFileSync } from 'node:fs';
import Fastify, { type FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Type, type Static } from 'typebox';
import type { Context } from '../../../src/context.ts';
import { accountFacts, maskedPatients } from '../../../src/identity/index.ts';
import { sendMessages } from '../../../src/notify/index.ts';
import { newId } from '../../../src/platform/id.ts';
import { accountOf, idempotencyOf, type App } from '../../../src/platform/http.ts';
import { sql } from '../../../src/platform/sql.ts';
import { startServer } from '../../../src/start.ts';
import { makeHospital, type Hospital } from './fixtures.ts';
import { bookingRequest, packRequests } from './requests.ts';
import { bookByRowLock, sweep } from './store.ts';

// The product as it is started, in a process of its own, with three routes more to compare with. The
// parent asks it over IPC for ready requests and for the sweep.

export type Ask =
  | { ask: 'requests'; file: string; path: string; count: number; targets: [number, number][] }
  | { ask: 'sweep'; file: string };
export type Answer =
  | { answer: 'ready'; port: number; bare_port: number }
  | { answer: 'requests'; count: number }
  | { answer: 'sweep'; oversold: number; lost: number };

type Setting = { data_dir: string; doctors: number; people: number; numbers: number[][] };

const setting = JSON.parse(process.argv[2] ?? '{}') as Setting;
const Body = Type.Object({
  session_id: Type.String({ format: 'uuid' }),
  patient_id: Type.String({ format: 'uuid' }),
  confirm: Type.Boolean(),
});
const Reply = Type.Object({ appointment_id: Type.String(), status: Type.String() });
/** As many masks as a server keeps. */
const shown_max = 20_000;
const no_visit = { appointment_id: '00000000-0000-7000-8000-000000000000', status: 'booked' };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const running = await startServer({
  environment: {
    DATA_DIR: setting.data_dir,
    PORT: '0',
    DEMO: '0',
    LOG_LEVEL: 'silent',
    DRAND_URL: 'off',
    // The load generator names a network for each of its people, as a proxy would.
    TRUSTED_PROXIES: '127.0.0.1',
  },
  background: true,
  extend: (app, ctx) => compareRoutes(app, ctx),
});
const { ctx } = running;
const hospital = await makeHospital(ctx, {
  doctors: setting.doctors,
  days: setting.numbers[0]?.length ?? 0,
  people: setting.people,
  numbers: (doctor, day) => setting.numbers[doctor]?.[day] ?? 0,
});
// What making them left to autovacuum, which would do it in the middle of a measurement.
await ctx.db.run(sql`vacuum (analyze)`);
// A rush comes after a night, in which the database has written down what it held and made room.
await ctx.db.run(sql`checkpoint`);
const bare = Fastify({ logger: false });
bare.post('/', { schema: { body: Body, response: { 200: Reply } } }, async () => no_visit);
await bare.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });
const { port: bare_port } = bare.server.address() as AddressInfo;
tell({ answer: 'ready', port: Number(new URL(running.url).port), bare_port });

process.on('message', (message) => void answer(message as Ask, hospital));
process.on('disconnect', () => void running.stop().then(() => process.exit(0)));

function tell(answered: Answer): void {
  process.send?.(answered);
}

async function answer(asked: Ask, { people, session }: Hospital): Promise<void> {
  if (asked.ask === 'sweep') {
    const acknowledged = readFileSync(asked.file, 'utf8').split('\n').filter(Boolean);
    tell({ answer: 'sweep', ...(await sweep(ctx.db, acknowledged)) });
    return;
  }
  // What making people and numbers, or the case before, left to do is not part of the measurement.
  await ctx.outbox.drain();
  while ((await sendMessages(ctx)) > 0);
  await ctx.sequencer.drain();
  // Whoever books has just picked who is to be seen, and was shown their masked name then.
  const shown = people.slice(0, shown_max).map(({ patient_id }) => patient_id);
  while (shown.length > 0) await maskedPatients(ctx, shown.splice(0, 500));
  const requests = Array.from({ length: asked.count }, (_, number) => {
    const [doctor, day] = asked.targets[number % asked.targets.length] as [number, number];
    const person = people[number % people.length] as Hospital['people'][number];
    return bookingRequest(ctx, {
      person,
      session_id: session(doctor, day),
      path: asked.path,
      number,
    });
  });
  writeFileSync(asked.file, packRequests(requests));
  const { length: count } = requests;
  // Neither are the remains of thousands of signatures, which no server makes for those who ask it.
  requests.length = 0;
  collectGarbage();
  tell({ answer: 'requests', count });
}

/**
 * What a booking is asked between its schema and the queue, for which its hooks and its route stand: who
 * may book for whom and on what agreements, the gate's pass, the key of repeats.
 */
async function checkUpToQueue(context: Context, request: FastifyRequest): Promise<void> {
  const { account_id } = accountOf(request);
  const { session_id, patient_id } = request.body as Static<typeof Body>;
  const { device_key_id } = request;
  const facts = await accountFacts(context, { account_id, patient_id });
  if (facts.state !== 'active' || facts.stopped.length > 0)
    throw new Error('people of the bench may book for themselves');
  await context.gate.admit({ account_id, patient_id, session_id, device_key_id, pass: undefined });
  idempotencyOf(request);
}

/** `noop` returns where booking would queue; `rowlock` books in a transaction of its own there. */
function compareRoutes(app: App, context: Context): void {
  const config = { permission: 'account', cost: 20, takes_number: true as const };
  const schema = { tags: ['bench'], summary: 'bench', body: Body, response: { 200: Reply } };
  app.post('/api/bench/noop', { config, schema }, async (request) => {
    await checkUpToQueue(context, request);
    return no_visit;
  });
  app.post('/api/bench/rowlock', { config, schema }, async (request) => {
    await checkUpToQueue(context, request);
    const appointment_id = newId(context);
    const at = context.clock.now();
    const isBooked = await bookByRowLock(context.db, { ...request.body, appointment_id, at });
    return isBooked ? { appointment_id, status: 'booked' } : no_visit;
  });
}
