import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a message's signature covers; `time` is in milliseconds since 1970. */
export type SignedParts = { direction: 'request' | 'response'; requestId: string; time: string };

/**
 * HMAC-SHA-256 in hex over direction, request id, time and body. The direction keeps a captured
 * request from being sent back as its own answer.
 */
export function signBody(secret: Uint8Array, parts: SignedParts, body: string): string {
  return createHmac('sha256', secret)
    .update([parts.direction, parts.requestId, parts.time, body].join('\n'))
    .digest('hex');
}

/** Whether `signature` is the one of these parts and this body, compared in constant time. */
export function isSignedBody(
  secret: Uint8Array,
  parts: SignedParts,
  body: string,
  signature: string,
): boolean {
  const expected = Buffer.from(signBody(secret, parts, body), 'hex');
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
