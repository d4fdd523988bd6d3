import type { Giver } from '../booking/index.ts';
import { EXCLUSIONS_MAX, exclusions } from './sealed-draw/index.ts';
import type { ClusterKeys } from './store-return.ts';

/**
 * Who belongs together with whoever gave a number up: the entries `x` of a returned place
 * (specification, returns.jsonl). Account, verified phone, device key and payer count; a kiosk, a
 * window or a delegate carries none of these, and a declared family under one account is no ring.
 */
export type Cluster = (giver: Giver | undefined, by: string | null) => string[];

/** The cluster interface over a sealed pool's keys, as frozen when the entries were made. */
export function clusterOf(pool: readonly ClusterKeys[]): Cluster {
  const byId = new Map(pool.map((entry) => [entry.id, entry]));
  return (giver, by) => {
    const own = by ?? pool.find((entry) => entry.patient_id === giver?.patient_id)?.id;
    const mine = own === undefined ? undefined : byId.get(own);
    const keys = mine ?? (giver && { ...giver, id: '', is_family: false });
    if (!keys) return [];
    const others = pool.filter((entry) => entry.id !== own && belongTogether(keys, entry));
    // The giver first: at most twenty are named, and the giver is always among them.
    const named = [...(own === undefined ? [] : [own]), ...others.map((entry) => entry.id)];
    return exclusions(named.slice(0, EXCLUSIONS_MAX));
  };
}

function belongTogether(one: ClusterKeys, other: ClusterKeys): boolean {
  const shares = <T>(a: T | null, b: T | null): boolean => a !== null && a === b;
  const sameAccount = shares(one.account_id, other.account_id);
  if (sameAccount && one.is_family && other.is_family) return false;
  return (
    sameAccount ||
    shares(one.device_key_id, other.device_key_id) ||
    shares(one.payer_reference, other.payer_reference) ||
    shares(hexOf(one.phone_index), hexOf(other.phone_index))
  );
}

function hexOf(index: Buffer | null): string | null {
  return index === null ? null : index.toString('hex');
}
