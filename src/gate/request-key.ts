import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { installationMac, textMac } from '../platform/mac.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { UsedOnce } from './request-key-replays.ts';

/** What a browser gets once and keeps where no script can read it back. */
export type RequestKey = {
  device_key_id: string;
  /** 32 bytes, base64url. */
  key: string;
  /** The server's time, ISO 8601: the browser signs with it. */
  now: string;
};

/** How far a request's time may be from the server's. */
export const signature_window_ms = 5 * 60_000;

/** The key of one browser for one account; nothing of it is stored, so it is derived again each time. */
function keyOf(secrets: Secrets, device_key_id: string, account_id: string): Buffer {
  return installationMac(secrets, 'request keys')(`${device_key_id}\n${account_id}`);
}

/**
 * A request key for an account that has just proved its phone. A browser that had one before keeps
 * its `known_id`, so that one browser stays one device whoever signs in on it.
 */
export function issueRequestKey(
  ctx: { clock: Clock; random: Random; secrets: Secrets },
  account_id: string,
  known_id?: string,
): RequestKey {
  const device_key_id = known_id ?? Buffer.from(ctx.random.bytes(16)).toString('base64url');
  return {
    device_key_id,
    key: keyOf(ctx.secrets, device_key_id, account_id).toString('base64url'),
    now: ctx.clock.now().toISOString(),
  };
}

/** The bytes a browser signs: method, path with its query, time, nonce, and the body's SHA-256. */
export function signedText(request: {
  method: string;
  path: string;
  time: string;
  nonce: string;
  body: string;
}): string {
  const { method, path, time, nonce, body } = request;
  const digest = hash('sha256', body, 'hex');
  return `${method}\n${path}\n${time}\n${nonce}\n${digest}`;
}

export type SignedRequest = {
  account_id: string;
  method: string;
  path: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
};

export type SignatureVerdict = 'signed' | 'unsigned' | 'clock' | 'replayed';

const header = (found: string | string[] | undefined): string =>
  typeof found === 'string' ? found : '';

/**
 * Whether a request was signed by the browser that holds the account's key, now and for the first
 * time. Two MACs and a hash, no database. With several processes a replay may meet one that has not
 * seen it; then the idempotency key answers it with the first one's answer.
 */
export function verifySignature(
  ctx: { clock: Clock; secrets: Secrets; nonces: UsedOnce },
  request: SignedRequest,
): SignatureVerdict {
  const { headers, account_id, method, path, body } = request;
  const device_key_id = header(headers['x-device-key-id']);
  const time = header(headers['x-request-time']);
  const nonce = header(headers['x-request-nonce']);
  const given = Buffer.from(header(headers['x-request-signature']), 'base64url');
  if (!/^[\w-]{22}$/.test(device_key_id) || !/^\d{13}$/.test(time)) return 'unsigned';
  if (!/^[\w-]{16,64}$/.test(nonce) || given.length !== 32) return 'unsigned';
  const mac = textMac(keyOf(ctx.secrets, device_key_id, account_id));
  const expected = mac(signedText({ method, path, time, nonce, body }));
  if (!timingSafeEqual(given, expected)) return 'unsigned';
  const now = ctx.clock.now().getTime();
  if (Math.abs(Number(time) - now) > signature_window_ms) return 'clock';
  return ctx.nonces.use(expected, 1, now) === 'fresh' ? 'signed' : 'replayed';
}
