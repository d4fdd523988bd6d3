import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signedText } from '../../src/gate/request-key.ts';
import type { Answer, Asked, Line } from './record.ts';

/** How one person at a browser or a window sends: their cookie is renewed when it has aged. */
export type Sender = {
  cookie: string;
  /** What an account's browser signs its writes with; the window has none. */
  key?: { device_key_id: string; key: string } | undefined;
};

export type Request = {
  method: 'GET' | 'POST';
  path: string;
  body?: object | undefined;
  headers?: Record<string, string> | undefined;
};

export type Reply = { status: number; body: { code?: string } & Record<string, unknown> };

const request_seconds_max = 15;
/** Recovery takes seconds; a key that nobody answers for so long is given up and reported. */
const asking_seconds_max = 240;
const pause_ms = 200;

/** Sends one request; throws when the connection breaks. */
export async function send(
  url: string,
  sender: Sender,
  request: Request & { key?: string },
): Promise<Reply> {
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const attempt = async (): Promise<Response> =>
    fetch(`${url}${request.path}`, {
      method: request.method,
      headers: {
        cookie: sender.cookie,
        'x-requested-with': 'zhenghao',
        ...(request.key === undefined ? {} : { 'idempotency-key': request.key }),
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
        ...(request.method === 'POST' ? signature(sender, request.path, body) : {}),
        ...request.headers,
      },
      ...(body === '' ? {} : { body }),
      signal: AbortSignal.timeout(request_seconds_max * 1000),
    });
  let reply = await attempt();
  if (reply.status === 401 && (await renew(url, sender))) reply = await attempt();
  const text = await reply.text();
  return { status: reply.status, body: text === '' ? {} : (JSON.parse(text) as Reply['body']) };
}

/** A signature is good once, so each attempt has its own; server and storm share one clock. */
function signature({ key }: Sender, path: string, body: string): Record<string, string> {
  if (!key) return {};
  const time = String(Date.now());
  const nonce = randomBytes(16).toString('base64url');
  return {
    'x-device-key-id': key.device_key_id,
    'x-request-time': time,
    'x-request-nonce': nonce,
    'x-request-signature': createHmac('sha256', Buffer.from(key.key, 'base64url'))
      .update(signedText({ method: 'POST', path, time, nonce, body }))
      .digest('base64url'),
  };
}

async function renew(url: string, sender: Sender): Promise<boolean> {
  const reply = await fetch(`${url}/api/session/renew`, {
    method: 'POST',
    headers: { cookie: sender.cookie, 'x-requested-with': 'zhenghao' },
    signal: AbortSignal.timeout(request_seconds_max * 1000),
  });
  if (!reply.ok) return false;
  sender.cookie = cookieOf(reply);
  return true;
}

export function cookieOf(reply: Response): string {
  return reply.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

/** Counts that the storm shows while it runs; `cut` counts requests, however often they were cut off. */
export type Tally = {
  asked: number;
  acknowledged: number;
  refused: number;
  /** Keys that were asked again although they had their answer. */
  repeated: number;
  cut: number;
};
export const nothing_yet: Tally = { asked: 0, acknowledged: 0, refused: 0, repeated: 0, cut: 0 };

/** A writer of the record, and where the server is at this moment: it moves with each restart. */
export type Desk = {
  url_file: string;
  append(line: Line): Promise<void>;
  tally: Tally;
};

const urlNow = (desk: Desk): string => readFileSync(desk.url_file, 'utf8');

/**
 * Asks under one key until there is an answer: acceptance or refusal. A broken connection, an error
 * of the server and a full queue are none, and the same key is asked again.
 * @returns the answer, on the disk; undefined when there was none in four minutes.
 */
export async function askUntilAnswered(
  desk: Desk,
  sender: Sender,
  asked: Asked & Request,
): Promise<Answer | undefined> {
  const { key, ...request } = asked;
  const until = Date.now() + asking_seconds_max * 1000;
  let isCut = false;
  while (Date.now() < until) {
    let why: string;
    try {
      const reply = await send(urlNow(desk), sender, { ...request, key });
      if (reply.status < 500 && reply.status !== 429) {
        const answer = answerOf(reply);
        await desk.append({ line: 'answered', key, ...answer });
        return answer;
      }
      why = reply.body.code ?? String(reply.status);
    } catch (error) {
      why = reasonOf(error);
    }
    if (!isCut) desk.tally.cut++;
    isCut = true;
    await desk.append({ line: 'cut', key, why });
    await sleep(pause_ms);
  }
  return undefined;
}

/** Reads, or asks for what is not kept, until the server answers; undefined after four minutes. */
export async function sendUntilAnswered(
  desk: Desk,
  sender: Sender,
  request: Request,
): Promise<Reply | undefined> {
  const until = Date.now() + asking_seconds_max * 1000;
  while (Date.now() < until) {
    try {
      const reply = await send(urlNow(desk), sender, request);
      if (reply.status < 500 && reply.status !== 429) return reply;
    } catch {
      // The server is being restarted.
    }
    await sleep(pause_ms);
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause;
  return cause?.code ?? (error as Error).name;
}

/** What is kept of an answer: whatever a repetition under the same key must say again. */
function answerOf({ status, body }: Reply): Answer {
  if (status !== 200) return { status, code: body.code ?? '' };
  const { appointment_id, session_id, sequence, e, receipt } = body as Partial<Answer>;
  return {
    status,
    ...(appointment_id === undefined ? {} : { appointment_id }),
    ...(session_id === undefined ? {} : { session_id }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(e === undefined ? {} : { e }),
    ...(receipt === undefined ? {} : { receipt }),
  };
}
