import { Problem } from '../platform/problem.ts';
import { step, type StepContext } from './step.ts';

/** Confirms a paid hold; whoever ended it first has decided. */
export async function confirmHeld(
  ctx: StepContext,
  appointment_id: string,
  key: string,
): Promise<boolean> {
  try {
    await step(ctx, 'confirmPaid', {
      appointment_id,
      actor: 'system:payment',
      idempotency: { scope: 'paid', key: `${appointment_id} ${key}`, fingerprint: '' },
    });
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
