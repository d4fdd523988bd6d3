import type { Secrets } from '../platform/secrets.ts';
import { createGcra, type Gcra, type GcraSettings } from './gcra.ts';

/** Whose spending is counted. A network is counted too, but never refused: many people share one. */
export type Limits = {
  account: Gcra;
  patient: Gcra;
  device: Gcra;
  network: Gcra;
  /** How long an account goes on asking; it only makes a signal. */
  sustained: Gcra;
};

/**
 * In units: a read costs 1, a write 10, unless its route says otherwise. A person who clicks as fast
 * as they can stays far below. A request every three seconds harms nobody, but no person keeps it up
 * for hours: an account that does is noticed, not refused.
 */
export const rates: Record<keyof Limits, GcraSettings> = {
  account: { per_second: 20, burst: 1_200, slots: 2 ** 17 },
  patient: { per_second: 5, burst: 600, slots: 2 ** 17 },
  device: { per_second: 20, burst: 1_200, slots: 2 ** 17 },
  network: { per_second: 200, burst: 6_000, slots: 2 ** 16 },
  sustained: { per_second: 0.1, burst: 2_000, slots: 2 ** 17 },
};

export const read_cost = 1;
export const write_cost = 10;
/** In a crowded network everything an account does counts double. */
export const crowded_factor = 2;

/**
 * Limits in the memory of one process; `limitSharing` keeps those of several together. All servers of
 * an installation know a key under the same bits, which nobody outside can make up.
 */
export function createLimits(secrets: Secrets): Limits {
  const key = Buffer.from(secrets.key('limits'));
  const make = (settings: GcraSettings): Gcra => {
    let at = 0;
    return createGcra(settings, { below: (limit) => key.readUInt32BE(4 * at++) % limit });
  };
  return {
    account: make(rates.account),
    patient: make(rates.patient),
    device: make(rates.device),
    network: make(rates.network),
    sustained: make(rates.sustained),
  };
}
