import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { codeUnreachable, codeUnsent } from './errors.ts';
import { SmsRefused, type CodeChannel, type SmsSender } from './messages.ts';
import { noteUnsentCode } from './store.ts';

export type SendCodeContext = {
  db: Db;
  clock: Clock;
  sms: SmsSender;
  /** Milliseconds that a person is kept waiting for the gateway; left out, eight seconds. */
  code_patience_ms?: number;
};

type CodeMessage = {
  /** The code's row, and the key under which every try is sent. */
  id: string;
  to: string;
  channel: CodeChannel;
  text: string;
  /** Which filed template says it, and its variable parts. */
  template: { kind: 'code' | 'agree_code'; values: Record<string, string> };
};

const tries_max = 3;
const patience_usual_ms = 8_000;

/** Faults of the installation, not of the number. */
const own_faults = new Set(['no_gateway', 'no_template', 'no_voice', 'signature', 'erased']);

/**
 * Hands a committed code to the gateway while its owner waits: up to three tries under one key, so a
 * phone rings once. A code that could not be sent does not count against the next one; it stays valid,
 * as a slow gateway may deliver it yet. Neither code nor phone is stored or logged here.
 * @throws Problem identity/code-unsent when the gateway is down, slow or missing; identity/code-unreachable
 *   when it will never serve this number.
 */
export async function sendCode(ctx: SendCodeContext, message: CodeMessage): Promise<void> {
  const ends = new AbortController();
  const patience = ctx.code_patience_ms ?? patience_usual_ms;
  const late = pause(patience, 'late' as const, { signal: ends.signal }).catch(
    () => 'late' as const,
  );
  const outcome = await Promise.race([trySending(ctx.sms, message, ends.signal), late]);
  ends.abort();
  if (outcome === 'sent') return;
  if (outcome === 'unreachable') throw new Problem(codeUnreachable);
  await noteUnsentCode(ctx.db, message.id, ctx.clock.now());
  throw new Problem(codeUnsent, {}, { retryAfterSeconds: 30 });
}

async function trySending(
  sms: SmsSender,
  { id, to, channel, text, template }: CodeMessage,
  signal: AbortSignal,
): Promise<'sent' | 'unsent' | 'unreachable'> {
  for (let tries = 1; tries <= tries_max && !signal.aborted; tries++) {
    try {
      await sms.send({ key: id, to, channel, text, template, tries });
      return 'sent';
    } catch (error) {
      if (error instanceof SmsRefused)
        return own_faults.has(error.reason) ? 'unsent' : 'unreachable';
      if (tries < tries_max) await pause(200 * tries, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'unsent';
}
