import { beginWaiting } from './asked-back.ts';
import { forgetAnswers, keepAnswer, keptAnswer } from './kept.ts';
import { mendSignature, signWrite } from './request-key.ts';
import { written } from './say.ts';

/** One refused request, in words a person can act on. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** The same sentence for readers of English. */
  readonly english: string;
  readonly requestId: string | null;
  readonly fields: readonly { field: string; message: string }[];
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    const text = (key: string): string | null => (typeof body[key] === 'string' ? body[key] : null);
    super(text('detail') ?? written({ detail: '系统暂时没有回应，请稍后再试。' }).detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = text('code') ?? 'web/no-answer';
    this.english = text('title') ?? 'The server does not answer; please try again.';
    this.requestId = text('request_id');
    this.fields = Array.isArray(body.fields) ? (body.fields as ApiProblem['fields']) : [];
    this.detail = body;
  }
}

type Call = {
  method?: 'GET' | 'POST' | 'DELETE' | 'PUT';
  body?: unknown;
  /** The answer is a file. */
  blob?: true;
  /** A file upload instead of JSON. */
  form?: FormData;
  headers?: Record<string, string>;
  /** Repeats of one intention carry one key, so that a retry never books twice. */
  key?: string;
};

const RETRIES = 6;

/**
 * Calls the server. A busy answer (503 with Retry-After) is repeated a few times with the same key, and the
 * page says so meanwhile (`waitingNow`).
 * @throws ApiProblem for every refusal, and for no answer (status 0).
 */
export async function api<T>(path: string, call: Call = {}): Promise<T> {
  let done: (() => void) | undefined;
  const askedBack = (): void => {
    done ??= beginWaiting();
  };
  try {
    return await untilDecided<T>(path, call, askedBack);
  } finally {
    done?.();
  }
}

async function untilDecided<T>(path: string, call: Call, askedBack: () => void): Promise<T> {
  let renewed = false;
  let mended = 0;
  for (let attempt = 1; ; attempt++) {
    const reply = await sendOrRecall(path, call);
    if (!(reply instanceof Response)) return reply.kept as T;
    if (reply.status === 401 && !renewed && mayBeSignedIn()) {
      renewed = true;
      // The cookie is short-lived; the session behind it may still be good.
      const renewal = await send('/api/session/renew', { method: 'POST' });
      await renewal.text(); // an answer left unread keeps its connection
      if (renewal.ok) {
        await reply.text();
        continue;
      }
      rememberSignedIn(false);
    }
    if (reply.ok && call.blob) return (await reply.blob()) as T;
    if (reply.ok && reply.status === 204) return undefined as T;
    if (reply.ok) return answerOf<T>(path, call, await reply.json());
    if (reply.status === 403 && isWrite(call)) {
      const body = await problemBody(reply);
      if (mended++ < 2 && (await mendSignature(body))) continue;
      throw new ApiProblem(reply.status, body);
    }
    const wait = Number(reply.headers.get('retry-after'));
    const mayRepeat = call.method === undefined || call.method === 'GET' || call.key !== undefined;
    const body = await problemBody(reply);
    if (reply.status !== 503 || !mayRepeat || attempt > RETRIES || !(wait <= 10)) {
      throw new ApiProblem(reply.status, body);
    }
    // What is only read shows by itself that it is still being read.
    if (isWrite(call)) askedBack();
    const exact = Number(body.retry_after_ms ?? wait * 1000);
    await new Promise((done) => setTimeout(done, Math.max(exact, 100)));
  }
}

function answerOf<T>(path: string, call: Call, answer: unknown): T {
  if (!isWrite(call)) keepAnswer(path, answer, mayBeSignedIn());
  // What a person verifies is taken to the letter.
  return (path.includes('/bundle') ? answer : written(answer)) as T;
}

/** Without a network a reading gives what was kept of it, if it was. */
async function sendOrRecall(path: string, call: Call): Promise<Response | { kept: unknown }> {
  try {
    return await send(path, call);
  } catch (error) {
    const kept = keptAnswer(path);
    if (isWrite(call) || kept === undefined) throw error;
    return { kept: written(kept) };
  }
}

const HINT = 'zh.signed-in';

/** Whether this browser signed in before: strangers are spared the question. */
export function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true; // cannot know, so ask the server
  }
}

/** Remembers that there is a session to ask for; the cookie itself is not for scripts to read. */
export function rememberSignedIn(yes: boolean): void {
  forgetAnswers();
  try {
    if (yes) localStorage.setItem(HINT, '1');
    else localStorage.removeItem(HINT);
  } catch {
    // then every page asks
  }
}

const isWrite = (call: Call): boolean => call.method !== undefined && call.method !== 'GET';

async function send(path: string, call: Call): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
  if (call.key !== undefined) headers['idempotency-key'] = call.key;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  const text = call.body === undefined ? '' : JSON.stringify(call.body);
  const body = call.form ?? (call.body === undefined ? null : text);
  // Only pages of staff upload files, and they have no key.
  if (isWrite(call)) Object.assign(headers, await signWrite(call.method ?? '', path, text));
  try {
    return await fetch(path, { method: call.method ?? 'GET', headers, body });
  } catch {
    throw new ApiProblem(0, {
      code: 'web/offline',
      ...written({ detail: '网络没有连上，请检查网络后再试；已提交的内容不会重复办理。' }),
      title: 'No connection. Please try again; nothing will be done twice.',
    });
  }
}

async function problemBody(reply: Response): Promise<Record<string, unknown>> {
  try {
    return written((await reply.json()) as Record<string, unknown>);
  } catch {
    return {};
  }
}

/** A write with its key; one is made up for writes that happen once. */
export function post<T>(path: string, body: unknown = {}, key: string = newKey()): Promise<T> {
  return api<T>(path, { method: 'POST', body, key });
}

/** A fresh key for one intention of the person. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
