import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Context } from '../../../src/context.ts';
import { issueRequestKey, issueStep, signedText } from '../../../src/gate/index.ts';
import { signToken } from '../../../src/identity/index.ts';
import type { Person } from './fixtures.ts';

const minute_s = 60;

/** Whole HTTP requests as they go over the wire, signed: nothing is left to do when the clock starts. */
export function bookingRequest(
  ctx: Pick<Context, 'clock' | 'random' | 'secrets'>,
  of: { person: Person; session_id: string; path: string; number: number },
): Buffer {
  const { person, session_id, path } = of;
  const { account_id, patient_id } = person;
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  const sign_in_id = randomUUID();
  const cookie = signToken(ctx.secrets, {
    kind: 'account',
    session_id: sign_in_id,
    account_id,
    issued_at: now,
    expires_at: now + 30 * minute_s,
  });
  const { device_key_id, key } = issueRequestKey(ctx, account_id);
  const use = { account_id, sign_in_id, device_key_id, session_id, slot_id: null, patient_id };
  const { step } = issueStep(ctx, use);
  const body = JSON.stringify({ session_id, patient_id, confirm: true });
  const time = String(ctx.clock.now().getTime());
  const nonce = randomBytes(16).toString('base64url');
  const signature = createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(signedText({ method: 'POST', path, time, nonce, body }))
    .digest('base64url');
  const headers = {
    host: 'bench',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    cookie: `zh_session=${cookie}`,
    'sec-fetch-site': 'same-origin',
    'idempotency-key': randomUUID(),
    'x-forwarded-for': `10.${(of.number >> 16) & 255}.${(of.number >> 8) & 255}.${of.number & 255}`,
    'x-device-key-id': device_key_id,
    'x-request-time': time,
    'x-request-nonce': nonce,
    'x-request-signature': signature,
    'x-booking-step': step,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Requests one after another, each behind its length: what the load generator reads. */
export function packRequests(requests: readonly Buffer[]): Buffer {
  return Buffer.concat(
    requests.flatMap((request) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(request.length);
      return [length, request];
    }),
  );
}
