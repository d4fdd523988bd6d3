import { createHash } from 'node:crypto';
import { problem } from './problem.ts';

export const keyReused = problem(
  'platform/idempotency-key-reused',
  422,
  '这次请求与之前同一编号的请求内容不同，请刷新页面后重试。',
  'The idempotency key was used before with another request body.',
);

/** What makes two requests the same: the SHA-256 of the body as JSON. */
export function fingerprint(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('hex');
}

/** Where a write's idempotency key lives: who asks, by which route, under which key. */
export type Idempotency = { scope: string; key: string; fingerprint: string };
