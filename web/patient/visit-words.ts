import type { Visit, VisitStatus } from '../shared/types.ts';
import type { PaymentInfo } from './pay-types.ts';

/** The state of a visit as people know it: a hold that costs something waits to be paid. */
export function lifeOf(visit: Visit): `life.${VisitStatus | 'to-pay'}` {
  return visit.status === 'held' && visit.fee_fen > 0 ? 'life.to-pay' : `life.${visit.status}`;
}

/** Where the money of a visit that will not be is; null while there is nothing to say. */
export function refundOf(
  money: PaymentInfo | undefined,
): 'life.refunding' | 'life.refunded' | null {
  if (money?.state === 'refunded') return 'life.refunded';
  return money?.state === 'refunding' ? 'life.refunding' : null;
}

const ended: readonly VisitStatus[] = ['fulfilled', 'noshow', 'cancelled', 'lapsed', 'stopped'];

/** Whether a visit is over, whatever became of it. */
export const isOver = (visit: Visit): boolean => ended.includes(visit.status);
