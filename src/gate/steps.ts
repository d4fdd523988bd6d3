import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { installationMac } from '../platform/mac.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { UsedOnce } from './request-key-replays.ts';

/** What a step is good for: one person and number, asked for by one sign-in on one browser. */
export type StepFor = {
  account_id: string;
  /** The sign-in, not the clinic. */
  sign_in_id: string;
  device_key_id: string;
  session_id: string;
  /** null: the earliest free number. */
  slot_id: string | null;
  patient_id: string;
};

const step_minutes = 15;

function mac(secrets: Secrets, head: string, use: StepFor): Buffer {
  const { account_id, sign_in_id, device_key_id, session_id, slot_id, patient_id } = use;
  return installationMac(
    secrets,
    'booking steps',
  )(
    [head, account_id, sign_in_id, device_key_id, session_id, slot_id ?? '', patient_id].join('\n'),
  );
}

/** A one-time step (防跳步令牌) towards a number; nothing is stored until it is used. */
export function issueStep(
  ctx: { clock: Clock; random: Random; secrets: Secrets },
  use: StepFor,
): { step: string; expires_at: Date } {
  const expires_at = new Date(ctx.clock.now().getTime() + step_minutes * 60_000);
  const head = `${Buffer.from(ctx.random.bytes(9)).toString('base64url')}.${expires_at.getTime()}`;
  return { step: `${head}.${mac(ctx.secrets, head, use).toString('base64url')}`, expires_at };
}

export type StepVerdict = 'good' | 'skipped' | 'expired' | 'replayed';

/** 32 bits of a string, to tell one idempotency key from another. */
export function markOf(text: string): number {
  let mark = 0x811c9dc5;
  for (let at = 0; at < text.length; at++)
    mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return mark;
}

/**
 * Uses a step up. A retry of the same intention, under the same idempotency key, may bring the same
 * step again: the database answers it with the first answer.
 */
export function useStep(
  ctx: { clock: Clock; secrets: Secrets; steps: UsedOnce },
  input: { step: string; use: StepFor; idempotency_key: string },
): StepVerdict {
  const [id, until, signature, ...rest] = input.step.split('.');
  if (!id || !until || !signature || rest.length > 0) return 'skipped';
  const expected = mac(ctx.secrets, `${id}.${until}`, input.use);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'skipped';
  const now = ctx.clock.now().getTime();
  if (Number(until) <= now) return 'expired';
  return ctx.steps.use(expected, markOf(input.idempotency_key), now) === 'replayed'
    ? 'replayed'
    : 'good';
}
