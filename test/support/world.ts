import { buildApp } from '../../src/app.ts';
import { createContext, type Context } from '../../src/context.ts';
import { lapseHolds } from '../../src/booking/index.ts';
import { prepareDemo } from '../../src/demo.ts';
import { manualClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { App } from '../../src/platform/http.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { sendMessages } from '../../src/notify/index.ts';
import { tickRelease } from '../../src/release/index.ts';
import { testCluster } from './cluster.ts';

type Reply = { status: number; body: any; raw: Buffer; cookie: string | undefined };

/** The whole product in process: real database, real routes, a clock and chance of the test's own. */
export async function world(
  seed: string,
  start = new Date('2026-11-24T00:00:00Z'),
  environment: Record<string, string> = {},
  /**
   * Changes the context before the routes are built on it, e.g. to switch a guard off; what it returns
   * runs when the log has begun.
   */
  change: (ctx: Context, url: string) => void | (() => Promise<void>) = () => undefined,
) {
  const cluster = await testCluster();
  const clock = manualClock(start);
  const config = readConfig({
    DATA_DIR: cluster.dataDir,
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const ctx: Context = createContext(config, {
    database_url: cluster.url,
    clock,
    random: seededRandom(seed),
    secrets: secretsFrom(new TextEncoder().encode(seed)),
  });
  const onceLogged = change(ctx, cluster.url);
  await migrate(ctx.db);
  await ctx.sequencer.drain();
  await onceLogged?.();
  const demo = config.demo ? await prepareDemo(ctx) : undefined;
  const app = await buildApp(ctx, demo ? { demo } : {});
  /** Lets everything happen whose hour has come: events, log, releases, draws, lapsed holds, messages. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await ctx.outbox.drain();
      await tickRelease(ctx);
      await lapseHolds(ctx);
      await ctx.outbox.drain();
      await sendMessages(ctx);
      await ctx.sequencer.drain();
      await ctx.witnessing.run();
    }
  };
  const advance = async (seconds: number): Promise<void> => {
    clock.set(new Date(clock.now().getTime() + seconds * 1000));
    await settle();
  };
  await settle();
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

/** A person at a browser: keeps the session cookie and adds what our pages add. */
export function visitor(app: App) {
  let cookie: string | undefined;
  const send = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const reply = await app.inject({
      method,
      url,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(method === 'POST' ? { 'idempotency-key': `test-key-${++keys}` } : {}),
        ...(cookie ? { cookie } : {}),
        ...headers,
      },
      ...(body ? { payload: body } : {}),
    });
    const set = reply.cookies.find((one) => one.name === 'zh_session');
    if (set) cookie = `zh_session=${set.value}`;
    const json = /^application\/(problem\+)?json(;|$)/.test(String(reply.headers['content-type']));
    const parsed = json ? reply.json() : undefined;
    return { status: reply.statusCode, body: parsed, raw: reply.rawPayload, cookie };
  };
  /** Like `send`, but a reply that is not a success fails the test with its words. */
  const must = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<any> => {
    const reply = await send(method, url, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${url}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return {
    send,
    must,
    get: (url: string) => must('GET', url),
    post: (url: string, body: object = {}) => must('POST', url, body),
  };
}
export type Visitor = ReturnType<typeof visitor>;

/** A visitor signed in with a phone through the demo's outbox. */
export async function patientAt(app: App, phone: string): Promise<Visitor> {
  const someone = visitor(app);
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
