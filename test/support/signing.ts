import { createHash, createHmac, randomBytes } from 'node:crypto';

/** What a browser keeps of its request key, and how far the server's clock is from ours. */
export type BrowserKey = { device_key_id: string; key: string; offset_ms: number };

/** The key as the server gave it at sign-in. */
export function browserKey(given: { device_key_id: string; key: string; now: string }): BrowserKey {
  const { device_key_id, key, now } = given;
  return { device_key_id, key, offset_ms: Date.parse(now) - Date.now() };
}

/** The headers with which our pages sign a write; `body` is the text that is sent. */
export function signedHeaders(
  own: BrowserKey,
  request: { method: string; path: string; body: string; time?: number; nonce?: string },
): Record<string, string> {
  const { method, path, body } = request;
  const time = String(request.time ?? Date.now() + own.offset_ms);
  const nonce = request.nonce ?? randomBytes(16).toString('base64url');
  const digest = createHash('sha256').update(body, 'utf8').digest('hex');
  const signature = createHmac('sha256', Buffer.from(own.key, 'base64url'))
    .update(`${method}\n${path}\n${time}\n${nonce}\n${digest}`)
    .digest('base64url');
  return {
    'x-device-key-id': own.device_key_id,
    'x-request-time': time,
    'x-request-nonce': nonce,
    'x-request-signature': signature,
  };
}
