import type { Queryable } from '../platform/db.ts';
import { utf8Text } from '../platform/tlog/index.ts';
import { canonicalEvent } from './rules.ts';
import { readRenewals } from './store-renewal.ts';

/** One renewal of the log as anybody can check it. */
export type Renewal = {
  /** ISO instant. */
  at: string;
  old_origin: string;
  old_vkey: string;
  old_size: number;
  /** The old origin's last checkpoint here, with its cosignatures. */
  old_checkpoint: string;
  new_origin: string;
  new_vkey: string;
  /** The new origin's first checkpoint: the same size and root. */
  new_checkpoint: string;
  /** The leaf that tells of the renewal, and the RFC 8785 text whose hash it holds; null when gone. */
  index: number | null;
  event: string | null;
};

/** Every renewal of the log, oldest first. */
export async function listRenewals(db: Queryable): Promise<Renewal[]> {
  const rows = await readRenewals(db);
  return rows.map(({ n: _n, at, event, occurred_at, ...row }) => ({
    ...row,
    at: at.toISOString(),
    event: event && occurred_at ? utf8Text(canonicalEvent({ ...event, occurred_at })) : null,
  }));
}
