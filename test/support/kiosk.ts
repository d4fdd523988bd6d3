import { randomBytes } from 'node:crypto';
import type { Context } from '../../src/context.ts';
import type { App } from '../../src/platform/http.ts';
import { textMac } from '../../src/platform/mac.ts';
import type { Visitor } from './world.ts';

type Reply = { status: number; body: any };

/** A machine in the hall: keeps its token and the turn of whoever stands there. */
export function machine(app: App) {
  let token: string | undefined;
  let turn: string | undefined;
  let keys = 0;
  const send = async (method: 'GET' | 'POST', path: string, body: object = {}): Promise<Reply> => {
    const reply = await app.inject({
      method,
      url: `/api/kiosk${path}`,
      headers: {
        'sec-fetch-site': 'same-origin',
        'idempotency-key': `kiosk-key-${++keys}`,
        ...(token === undefined ? {} : { cookie: `zh_terminal=${token}` }),
        ...(turn === undefined ? {} : { 'x-kiosk-turn': turn }),
      },
      ...(method === 'POST' ? { payload: body } : {}),
    });
    token = reply.cookies.find((one) => one.name === 'zh_terminal')?.value ?? token;
    const parsed: any = reply.json();
    if (path === '/turns' && reply.statusCode === 200) turn = parsed.turn_id;
    return { status: reply.statusCode, body: parsed };
  };
  const must = async (method: 'GET' | 'POST', path: string, body?: object): Promise<any> => {
    const reply = await send(method, path, body);
    if (reply.status !== 200)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return {
    send,
    get: (path: string) => must('GET', path),
    post: (path: string, body?: object) => must('POST', path, body),
    /** The code of the refusal. */
    refused: async (method: 'GET' | 'POST', path: string, body?: object): Promise<string> => {
      const reply = await send(method, path, body);
      return reply.status < 400 ? `${reply.status}` : String(reply.body.code);
    },
  };
}

/** A machine that an administrator has just made and switched on. */
export async function pairedMachine(app: App, admin: Visitor, name: string) {
  const made = await admin.post('/api/staff/terminals', { name, place: '门诊楼1层' });
  const here = machine(app);
  await here.post('/pair', { pairing_code: made.pairing_code });
  const { terminal_id, reader_key } = made as { terminal_id: string; reader_key: string };
  return { ...here, terminal_id, reader_key };
}

/** What the reader of a terminal types when a card lies on it (docs/kiosk-reader.md). */
export function cardLine(
  reader_key: string,
  card: { number: string; name: string },
  at: { clock: Context['clock'] },
): string {
  const nonce = randomBytes(9).toString('base64url');
  const read = { ...card, nonce, read_at: at.clock.now().getTime() };
  const body = Buffer.from(JSON.stringify(read)).toString('base64url');
  const mac = textMac(Buffer.from(reader_key, 'hex'))(body).toString('base64url');
  return `ZHCARD:${body}.${mac}`;
}
