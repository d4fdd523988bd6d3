import { Problem } from '../platform/problem.ts';
import { codeWrong, sessionEnded } from './errors.ts';
import type { CodeChannel } from './messages.ts';
import { requestCode, type CodeContext } from './request-code.ts';
import { codeHash, phoneIndex } from './sealing.ts';
import type { SendCodeContext } from './send-code.ts';
import { accountPhone } from './sign-in.ts';
import { tryCode } from './store.ts';

/**
 * Sends a code to the phone of a signed-in account, which shows again that its owner is there.
 * @throws Problem identity/session-ended, and as `requestCode`.
 */
export async function sendAccountCode(
  ctx: CodeContext & SendCodeContext,
  input: { account_id: string; ip: string; channel: CodeChannel },
): Promise<{ expires_at: Date }> {
  const phone = await accountPhone(ctx.db, ctx.fields, input.account_id);
  if (phone === undefined) throw new Problem(sessionEnded);
  return requestCode(ctx, { phone, ip: input.ip, channel: input.channel, what: '安全验证码' });
}

/**
 * Uses up the newest code of the account's phone.
 * @throws Problem identity/session-ended; identity/code-wrong as `signIn`.
 */
export async function proveAccountPhone(
  ctx: CodeContext,
  input: { account_id: string; code: string },
): Promise<void> {
  const phone = await accountPhone(ctx.db, ctx.fields, input.account_id);
  if (phone === undefined) throw new Problem(sessionEnded);
  const phone_index = phoneIndex(ctx.fields, phone);
  const code_hash = codeHash(ctx.secrets, phone_index, input.code);
  // A wrong code is thrown after the commit, or its lost try would be given back.
  const proved = await ctx.db.tx((tx) =>
    tryCode(tx, { phone_index, code_hash, at: ctx.clock.now() }),
  );
  if (!proved) throw new Problem(codeWrong);
}
