import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';

/**
 * A number that people can read out and every channel takes: `P` for a payment, `R` for a refund, the
 * day, twelve digits of chance. Unique by a constraint, not by luck.
 */
export function newNumber(kind: 'P' | 'R', source: { clock: Clock; random: Random }): string {
  const day = shanghaiDate(source.clock.now()).replaceAll('-', '');
  const part = (): string => String(source.random.below(1_000_000)).padStart(6, '0');
  return `${kind}${day}${part()}${part()}`;
}
