import type { Queryable } from '../platform/db.ts';
import { Problem, problem } from '../platform/problem.ts';
import type { Secrets } from '../platform/secrets.ts';
import { toHex } from '../platform/tlog/index.ts';
import { logPublicKey } from './log-key.ts';
import { readOrigin } from './store.ts';

const logNotReady = problem(
  'evidence/log-not-ready',
  503,
  '存证日志正在启动，请几秒后再试。',
  'The transparency log has not been started yet.',
);

/** Origin and raw public key (hex) of the log, as a draw's manifest names it. */
export async function logIdentity(ctx: {
  db: Queryable;
  secrets: Secrets;
}): Promise<{ origin: string; publicKey: string }> {
  const origin = await readOrigin(ctx.db);
  if (origin === undefined) throw new Problem(logNotReady, {}, { retryAfterSeconds: 2 });
  return { origin, publicKey: toHex(logPublicKey(ctx.secrets)) };
}
