import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { Problem, type ProblemKind } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { validatePhone } from './documents/index.ts';
import { codeDayLimit, codeNetworkLimit, codeTooSoon, phoneInvalid } from './errors.ts';
import { code_digits, code_minutes_max, code_tries_max, minutesAfter, networkOf } from './rules.ts';
import type { CodeChannel } from './messages.ts';
import { codeHash, hex, networkIndex, phoneIndex } from './sealing.ts';
import { sendCode, type SendCodeContext } from './send-code.ts';
import { insertCode, lockKeys, type CodeRefusal } from './store.ts';

export type CodeContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  secrets: Secrets;
};

const refusals: Record<CodeRefusal, { kind: ProblemKind; retry_seconds: number }> = {
  minute: { kind: codeTooSoon, retry_seconds: 60 },
  day: { kind: codeDayLimit, retry_seconds: 3600 },
  network: { kind: codeNetworkLimit, retry_seconds: 600 },
};

/** Why no code was sent, and when to ask again. */
export function codeRefused(refusal: CodeRefusal): Problem {
  const { kind, retry_seconds } = refusals[refusal];
  return new Problem(kind, {}, { retryAfterSeconds: retry_seconds });
}

/** The 11 digits of a mobile number as typed. @throws Problem identity/phone-invalid. */
export function readPhone(input: string): string {
  const checked = validatePhone(input);
  if (!checked.ok) throw new Problem(phoneInvalid, {}, { message: checked.message });
  return checked.phone;
}

/**
 * Sends a one-time code to a phone. Phones with and without an account are treated the same: the
 * account is opened at the first sign-in. `ip` is the client's address; `what` names in the message
 * what the code is for.
 * @throws Problem identity/phone-invalid, code-too-soon, code-day-limit, code-network-limit, code-unsent,
 *   code-unreachable.
 */
export async function requestCode(
  ctx: CodeContext & SendCodeContext,
  input: { phone: string; ip: string; channel?: CodeChannel; what?: string },
): Promise<{ expires_at: Date }> {
  const phone = readPhone(input.phone);
  const { channel = 'sms', what = '登录验证码' } = input;
  const at = ctx.clock.now();
  const phone_index = phoneIndex(ctx.fields, phone);
  const network = networkIndex(ctx.fields, networkOf(input.ip));
  const code = String(ctx.random.below(10 ** code_digits)).padStart(code_digits, '0');
  const expires_at = minutesAfter(at, code_minutes_max);
  const text = `【正号】${what} ${code}，${code_minutes_max} 分钟内有效。工作人员不会向您索要验证码，请勿告诉任何人。`;
  const id = newId(ctx);
  const refusal = await ctx.db.tx(async (tx) => {
    // Everybody locks phone before network, so nobody waits in a circle.
    await lockKeys(tx, [`phone ${hex(phone_index)}`, `network ${network}`]);
    return insertCode(tx, {
      id,
      phone_index,
      network,
      code_hash: codeHash(ctx.secrets, phone_index, code),
      tries: code_tries_max,
      expires_at,
      at,
    });
  });
  if (refusal) throw codeRefused(refusal);
  const values = { what, code, minutes: String(code_minutes_max) };
  await sendCode(ctx, { id, to: phone, channel, text, template: { kind: 'code', values } });
  return { expires_at };
}
