import type { Queryable } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { specialtyUnknown } from './errors.ts';
import { redFlagsForAll, redFlagsOf } from './red-flags.data.ts';
import type { SessionContext } from './sessions.ts';
import { specialtyNames } from './specialties.data.ts';
import { selectRedFlags, upsertRedFlags } from './store-find.ts';

/** Signs that must not wait for a number. `approved_at` null: general words, not the hospital's. */
export type RedFlags = { lines: string[]; approved_at: Date | null };

/** The code itself, then the one above it, then '' for all. */
function ladder(specialty_code: string): string[] {
  const above = specialty_code.includes('.') ? [specialty_code.slice(0, 2)] : [];
  return [specialty_code, ...above, ''];
}

/** The general lines of a speciality, its own before those for all. */
function generalRedFlags(specialty_code: string): string[] {
  const own = ladder(specialty_code)
    .map((code) => redFlagsOf[code])
    .find((lines) => lines !== undefined);
  return [...(own ?? []), ...redFlagsForAll];
}

/** What a hospital approved for a speciality, or for the one above or for all; else general words. */
export async function redFlags(
  db: Queryable,
  input: { hospital_id: string; specialty_code: string },
): Promise<RedFlags> {
  const rows = await selectRedFlags(db, input.hospital_id);
  for (const code of ladder(input.specialty_code)) {
    const row = rows.find(({ specialty_code }) => specialty_code === code);
    if (row) return { lines: row.lines, approved_at: row.approved_at };
  }
  return { lines: generalRedFlags(input.specialty_code), approved_at: null };
}

export type RedFlagSet = RedFlags & { specialty_code: string; general: string[] };

/** Every speciality of a hospital, with what it approved and the general words; '' stands for all. */
export async function listRedFlags(
  ctx: { db: Queryable },
  input: { hospital_id: string; specialty_codes: readonly string[] },
): Promise<RedFlagSet[]> {
  const rows = await selectRedFlags(ctx.db, input.hospital_id);
  const byCode = new Map(rows.map((row) => [row.specialty_code, row]));
  const codes = ['', ...new Set([...input.specialty_codes, ...byCode.keys()].filter(Boolean))];
  return codes.map((specialty_code) => {
    const row = byCode.get(specialty_code);
    const general = generalRedFlags(specialty_code);
    return {
      specialty_code,
      general,
      lines: row?.lines ?? general,
      approved_at: row?.approved_at ?? null,
    };
  });
}

/**
 * A hospital approves the signs of a speciality ('' for all others) in its own words.
 * @throws Problem schedule/specialty-unknown.
 */
export async function approveRedFlags(
  ctx: SessionContext,
  input: { hospital_id: string; specialty_code: string; lines: readonly string[]; actor: string },
): Promise<void> {
  const { hospital_id, specialty_code, actor } = input;
  if (specialty_code !== '' && !specialtyNames.has(specialty_code))
    throw new Problem(specialtyUnknown);
  const lines = input.lines.map((line) => line.trim());
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const { version } = await upsertRedFlags(tx, { ...input, lines, at });
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.red-flags.approved',
        hospital_id,
        actor,
        subject: `red-flags:${hospital_id}/${specialty_code || 'all'}`,
        version,
        payload: { specialty_code, lines },
      },
    ]);
  });
}
