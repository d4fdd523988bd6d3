import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import type { Spent } from './gcra.ts';
import type { Limits } from './limits.ts';
import { exchangeSpending } from './store-spending.ts';

type SharingContext = {
  db: Db;
  clock: Clock;
  guard: { limits: Limits; random: Random };
};

/** Rows older than this are of no use: what they tell of is mostly paid back. */
const keep_s = 60;

/** In this order their places are written down: servers of one installation agree on it. */
const names = ['account', 'patient', 'device', 'network', 'sustained'] as const satisfies (keyof Limits)[]; // prettier-ignore

/**
 * Makes the work that keeps the limits of several servers together: each second a server writes what
 * its clients spent and takes over what they spent elsewhere. No request waits for it: a client that
 * asks several servers at once gets a second of grace, which it pays back later. A server that was
 * just started takes over the last minute, its own before the restart too.
 */
export function limitSharing(ctx: SharingContext): () => Promise<void> {
  const server_id = newId({ clock: ctx.clock, random: ctx.guard.random });
  const seen = new Map<string, number>();
  let number = 0;
  let unsent: Buffer = Buffer.alloc(0);
  return async () => {
    // Kept until the database has it; then the next second sends what came meanwhile.
    if (unsent.length === 0) unsent = pack(ctx.guard.limits);
    const at = ctx.clock.now();
    const rows = await exchangeSpending(ctx.db, {
      own: { server_id, number, at, spent: unsent },
      seen,
      gone_before: new Date(at.getTime() - keep_s * 1000),
    });
    if (unsent.length > 0) number++;
    unsent = Buffer.alloc(0);
    for (const row of rows) {
      seen.set(row.server_id, Math.max(row.number, seen.get(row.server_id) ?? 0));
      takeOver(ctx.guard.limits, row);
    }
  };
}

const entry_bytes = 13;

/** Which limit (1 byte), which key (8 bytes), how many units (4 bytes), for each key told of. */
function pack(limits: Limits): Buffer {
  const told = names.flatMap((name, limit) =>
    limits[name].takeSpent().map((spent): [number, Spent] => [limit, spent]),
  );
  const bytes = Buffer.alloc(told.length * entry_bytes);
  for (const [n, [limit, { high, low, units }]] of told.entries()) {
    const from = n * entry_bytes;
    bytes.writeUInt8(limit, from);
    bytes.writeUInt32BE(high, from + 1);
    bytes.writeUInt32BE(low, from + 5);
    bytes.writeFloatBE(units, from + 9);
  }
  return bytes;
}

function takeOver(limits: Limits, row: { at: Date; spent: Buffer }): void {
  const { at, spent: bytes } = row;
  for (let from = 0; from + entry_bytes <= bytes.length; from += entry_bytes) {
    const name = names[bytes.readUInt8(from)];
    const [high, low] = [bytes.readUInt32BE(from + 1), bytes.readUInt32BE(from + 5)];
    if (name) limits[name].add({ high, low, units: bytes.readFloatBE(from + 9) }, at.getTime());
  }
}
