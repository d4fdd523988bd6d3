import type { Asker } from '../booking/index.ts';
import { Problem } from '../platform/problem.ts';
import { enterDraw, type EnterContext } from './enter.ts';
import { drawUnknown } from './errors.ts';
import type { Wildcard } from './preferences.ts';
import { freshSecrets } from './slip.ts';
import { getDraw } from './store-draw.ts';
import type { Entered } from './write-entries.ts';

export type Slip = Entered & {
  draw_id: string;
  preferences: string[];
  secret: string;
  nonce: string;
  /** When the result is known, and until when a number that was won must be confirmed. */
  result_at: Date;
  confirm_until: Date;
};

/** Who asks through staff or a kiosk: neither account nor device, so nothing that could make a cluster. */
export function staffAsker(actor: string, channel: 'window' | 'phone' | 'kiosk'): Asker {
  return {
    actor,
    channel,
    account_id: null,
    device_key_id: null,
    payer_reference: null,
    phone_index: null,
  };
}

/**
 * Registers a person who stands at the window with an ID card, or whom the hospital's phone desk has
 * recognised; needs neither account nor phone. The slip carries the nonce and the secret that a
 * browser would have kept.
 */
export async function enterAtWindow(
  ctx: EnterContext,
  input: {
    draw_id: string;
    hospital_id: string;
    patient_id: string;
    preferences: string[];
    wildcard?: Wildcard | null | undefined;
    notice_days?: number | undefined;
    channel?: 'window' | 'phone' | 'kiosk' | undefined;
    actor: string;
  },
): Promise<Slip> {
  const draw = await getDraw(ctx.db, input.draw_id);
  if (draw?.hospital_id !== input.hospital_id) throw new Problem(drawUnknown);
  const { nonce, secret, secret_hash } = freshSecrets(ctx.random);
  const asker = staffAsker(input.actor, input.channel ?? 'window');
  const entered = await enterDraw(ctx, { ...input, nonce, secret_hash, asker });
  return {
    ...entered,
    draw_id: input.draw_id,
    preferences: input.preferences,
    secret,
    nonce,
    result_at: draw.round_at,
    confirm_until: draw.confirm_until,
  };
}
