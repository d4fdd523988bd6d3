import { createHash } from 'node:crypto';
import { Problem } from '../platform/problem.ts';
import { enterDraw, type EnterContext, type Entered } from './enter.ts';
import { drawUnknown } from './errors.ts';
import { getDraw } from './store-draw.ts';

export type Slip = Entered & {
  draw_id: string;
  preferences: string[];
  secret: string;
  nonce: string;
};

/**
 * Registers a person who stands at the window with an ID card; needs neither account nor phone. The
 * slip carries the nonce and the secret that a browser would have kept.
 */
export async function enterAtWindow(
  ctx: EnterContext,
  input: {
    draw_id: string;
    hospital_id: string;
    patient_id: string;
    preferences: string[];
    actor: string;
  },
): Promise<Slip> {
  const draw = await getDraw(ctx.db, input.draw_id);
  if (draw?.hospital_id !== input.hospital_id) throw new Problem(drawUnknown);
  const secret = Buffer.from(ctx.random.bytes(32));
  const nonce = Buffer.from(ctx.random.bytes(32)).toString('hex');
  const entered = await enterDraw(ctx, {
    draw_id: input.draw_id,
    patient_id: input.patient_id,
    preferences: input.preferences,
    nonce,
    secret_hash: createHash('sha256').update(secret).digest('hex'),
    asker: {
      actor: input.actor,
      channel: 'window',
      account_id: null,
      device_key_id: null,
      payer_reference: null,
      phone_index: null,
    },
  });
  return {
    ...entered,
    draw_id: input.draw_id,
    preferences: input.preferences,
    secret: secret.toString('hex'),
    nonce,
  };
}
