import { buildApp } from '../../src/app.ts';
import { createContext, type Context } from '../../src/context.ts';
import { lapseHolds, offerRebookings, tickDirect } from '../../src/booking/index.ts';
import { prepareDemo } from '../../src/demo.ts';
import { manualClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { App } from '../../src/platform/http.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { remindPatients, sendMessages } from '../../src/notify/index.ts';
import { tickPayment } from '../../src/payment/index.ts';
import { tickRelease } from '../../src/release/index.ts';
import { testCluster, type Template } from './cluster.ts';
import { compileOnUse } from './compile-on-use.ts';
import { contentsName, migrated } from './filled.ts';
import { browserKey, signedHeaders, type BrowserKey } from './signing.ts';

type Reply = { status: number; body: any; raw: Buffer; cookie: string | undefined };

const usual_start = new Date('2026-11-24T00:00:00Z');
const usual_secrets = () => secretsFrom(new TextEncoder().encode('usual world'));

/** Moments at which several worlds begin: they share a copy of the demo as it stands then. */
const usual_starts = [usual_start, new Date('2026-11-24T00:10:00Z')].map(Number);

/** The demo as it stands at a usual start. */
const usualAt = (start: Date): Template => ({
  name: `world-${contentsName('db/migrations/*.sql', 'src/**/*.ts')}-${start.getTime()}`,
  fill: async (url, dataDir) => {
    const ctx = createContext(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }), {
      database_url: url,
      clock: manualClock(start),
      random: seededRandom('usual world'),
      secrets: usual_secrets(),
    });
    try {
      await migrate(ctx.db);
      await ctx.sequencer.drain();
      await prepareDemo(ctx);
      await settleAll(ctx);
    } finally {
      await ctx.db.close();
    }
  },
});

/** What comes after the releases, once: the rounds that follow see what it brought. */
const ticks = [tickDirect, offerRebookings, tickPayment, remindPatients];

/**
 * Lets everything happen whose hour has come: events, log, releases, draws, lapsed holds, what doctors
 * asked for, offers after a stop, money, reminders, messages.
 */
async function settleAll(ctx: Context): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await ctx.outbox.drain();
    await tickRelease(ctx);
    await lapseHolds(ctx);
    if (round === 0) for (const tick of ticks) await tick(ctx);
    await ctx.outbox.drain();
    await sendMessages(ctx);
    await ctx.sequencer.drain();
    await ctx.witnessing.run();
  }
}

/** The whole product in process: real database, real routes, a clock and chance of the test's own. */
export async function world(
  seed: string,
  start = usual_start,
  environment: Record<string, string> = {},
  /**
   * Changes the context before the routes are built on it, e.g. to switch a guard off; what it returns
   * runs when the log has begun.
   */
  change?: (ctx: Context, url: string) => void | (() => Promise<void>),
) {
  const isPlain = Object.keys(environment).length === 0 && !change;
  const isUsual = isPlain && usual_starts.includes(start.getTime());
  const cluster = await testCluster(isUsual ? usualAt(start) : migrated);
  const clock = manualClock(start);
  const config = readConfig({
    DATA_DIR: cluster.dataDir,
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const ctx: Context = createContext(config, {
    database_url: cluster.url,
    snapshot_ms: 0,
    clock,
    random: seededRandom(seed),
    secrets: isUsual ? usual_secrets() : secretsFrom(new TextEncoder().encode(seed)),
  });
  const onceLogged = change?.(ctx, cluster.url);
  await migrate(ctx.db);
  await ctx.sequencer.drain();
  await onceLogged?.();
  const demo = config.demo ? await prepareDemo(ctx) : undefined;
  const app = await buildApp(ctx, demo ? { demo } : {});
  compileOnUse(app);
  const settle = (): Promise<void> => settleAll(ctx);
  const advance = async (seconds: number): Promise<void> => {
    clock.set(new Date(clock.now().getTime() + seconds * 1000));
    await settle();
  };
  // The demo of a usual start is kept as it is when everything has happened.
  if (!isUsual) await settle();
  return {
    ctx,
    app,
    demo,
    clock,
    settle,
    advance,
    url: cluster.url,
    stop: async () => {
      await app.close();
      await ctx.db.close();
      await cluster.stop();
    },
  };
}

let keys = 0;

const every_consent = ['health_data', 'child_data', 'proxy', 'draw_pool'].map((purpose) => ({
  ...{ purpose, version: 1 },
}));

/** Adding a person with every agreement, unless the test is about agreements. */
function agreeing(body: object | undefined): object {
  return { consents: every_consent, ...body };
}

/** An adult agrees at the window to the account that added them, unless the test is about that. */
async function agreeAtWindow(
  app: App,
  { account_id }: { account_id: string },
  { patient_id }: { patient_id: string },
): Promise<void> {
  const clerk = await staffAt(app, 'clerk');
  await clerk.post(`/api/staff/patients/${patient_id}/links/${account_id}`, { accept: true });
}

type Method = 'GET' | 'POST' | 'DELETE' | 'PUT';

/** A person at a browser: keeps cookie and request key, signs writes and brings what our pages bring. */
export function visitor(app: App, options: { keepsPending?: boolean } = {}) {
  let cookie: string | undefined;
  let key: BrowserKey | undefined;
  const signs = (method: Method, url: string, body?: object): Record<string, string> =>
    key && method !== 'GET'
      ? signedHeaders(key, { method, path: url, body: body ? JSON.stringify(body) : '' })
      : {};
  /** The step towards a number, as the page asks for it while the person chooses. */
  const stepFor = async (body: object): Promise<Record<string, string>> => {
    const { session_id, slot_id = null, patient_id } = body as Record<string, string | null>;
    const reply = await send('POST', '/api/steps', { session_id, slot_id, patient_id });
    return reply.status === 200 ? { 'x-booking-step': reply.body.step } : {};
  };
  const send = async (
    method: Method,
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const idempotency = { 'idempotency-key': `test-key-${++keys}` };
    const takes = key !== undefined && method === 'POST' && url === '/api/appointments';
    const brought = takes && body ? await stepFor(body) : {};
    const all = { ...idempotency, ...brought, ...headers };
    const agreed = key && method === 'POST' && url === '/api/patients' ? agreeing(body) : body;
    const reply = await sendOnce(method, url, agreed, all);
    if (reply.body?.code === 'identity/consent-needed' && reply.body.patient_id && agreed) {
      // Our pages show the words and ask; whoever tests something else agrees.
      const { patient_id } = reply.body;
      await sendOnce('POST', '/api/consents', { patient_id, consents: every_consent }, {});
      return sendOnce(method, url, agreed, all);
    }
    if (agreed !== body && reply.body?.state === 'pending' && !options.keepsPending) {
      await agreeAtWindow(app, (await sendOnce('GET', '/api/me', undefined, {})).body, reply.body);
      return { ...reply, body: { ...reply.body, state: 'active' } };
    }
    if (reply.body?.code !== 'gate/clock' || !key) return reply;
    // The test moved the clock; our pages set theirs by the refusal and sign again.
    key.offset_ms = Date.parse(reply.body.server_time) - Date.now();
    return sendOnce(method, url, agreed, all);
  };
  const sendOnce = async (
    method: Method,
    url: string,
    body: object | undefined,
    headers: Record<string, string>,
  ): Promise<Reply> => {
    const reply = await app.inject({
      method,
      url,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(cookie ? { cookie } : {}),
        ...signs(method, url, body),
        ...headers,
      },
      ...(body ? { payload: body } : {}),
    });
    const set = reply.cookies.find((one) => one.name === 'zh_session');
    if (set) cookie = `zh_session=${set.value}`;
    const json = /^application\/(problem\+)?json(;|$)/.test(String(reply.headers['content-type']));
    const parsed = json ? reply.json() : undefined;
    if (parsed?.request_key) key = browserKey(parsed.request_key);
    if (url === '/api/staff/sign-in') key = undefined;
    return { status: reply.statusCode, body: parsed, raw: reply.rawPayload, cookie };
  };
  /** Like `send`, but a reply that is not a success fails the test with its words. */
  const must = async (method: Method, url: string, body?: object): Promise<any> => {
    const reply = await send(method, url, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${url}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return {
    send,
    must,
    /** The signature and step of a write that a test sends by other means. */
    headersFor: async (url: string, body: object): Promise<Record<string, string>> => ({
      ...(await stepFor(body)),
      ...signs('POST', url, body),
    }),
    key: () => key,
    get: (url: string) => must('GET', url),
    post: (url: string, body: object = {}) => must('POST', url, body),
  };
}
export type Visitor = ReturnType<typeof visitor>;

/** A visitor signed in with a phone through the demo's outbox. */
export async function patientAt(
  app: App,
  phone: string,
  options: { keepsPending?: boolean } = {},
): Promise<Visitor> {
  const someone = visitor(app, options);
  await someone.post('/api/sign-in/code', { phone });
  const { messages } = await someone.get('/api/demo/outbox');
  const code = messages.find((one: { to: string }) => one.to === phone)?.text.match(/\d{6}/)?.[0];
  await someone.post('/api/sign-in', { phone, code });
  return someone;
}

/** A visitor signed in as staff of the demo hospital. */
export async function staffAt(app: App, username: string): Promise<Visitor> {
  const someone = visitor(app);
  await someone.post('/api/staff/sign-in', { username, password: 'zhenghao-demo' });
  return someone;
}
