import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { staffUnknown } from '../errors.ts';
import { secondFactorSelf, sessionUnknown } from './errors.ts';
import type { ResetReason } from './rules.ts';
import { deviceRow, tellEnded, type LivingDevice } from './sessions.ts';
import {
  endStaffSessionRow,
  resetSecondFactorRow,
  securityEventRows,
  staffSessionRows,
  unlockRow,
  writeRule,
  type SecurityEvent,
} from './store-sessions.ts';

type WatchContext = { db: Db; clock: Clock; random: Random };

/** The security administrator who acts, and the hospital whose staff they answer for. */
type Actor = { staff_id: string; hospital_id: string | null };

/** Where staff of a hospital are signed in, last used first. */
export async function staffSessions(
  ctx: WatchContext,
  hospital_id: string | null,
): Promise<(LivingDevice & { staff_id: string; display_name: string })[]> {
  const rows = await staffSessionRows(ctx.db, hospital_id, ctx.clock.now());
  return rows.map((row) => ({
    ...deviceRow(row),
    staff_id: row.staff_id,
    display_name: row.display_name,
  }));
}

/** Ends a staff member's session. @throws Problem identity/session-unknown. */
export async function endStaffSession(
  ctx: WatchContext,
  by: Actor,
  session_id: string,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const at = ctx.clock.now();
    const of = await endStaffSessionRow(tx, { session_id, hospital_id: by.hospital_id, at });
    if (!of) throw new Problem(sessionUnknown);
    const actor = `staff:${by.staff_id}`;
    const { hospital_id } = of;
    await tellEnded(tx, ctx, { ids: [session_id], of: `staff:${of.staff_id}`, actor, hospital_id });
  });
}

/** Lets a member who locked themselves out try again at once. @throws Problem identity/staff-unknown. */
export async function unlockStaff(ctx: WatchContext, by: Actor, staff_id: string): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const member = await unlockRow(tx, { staff_id, hospital_id: by.hospital_id });
    if (!member) throw new Problem(staffUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.unlocked',
        hospital_id: member.hospital_id,
        subject: `staff:${staff_id}`,
        version: member.version,
        actor: `staff:${by.staff_id}`,
        payload: { staff_id },
      },
    ]);
  });
}

/**
 * Takes a lost phone's second factor away; its owner enrols another at the next sign-in. Never one's
 * own: two people are needed for it, and the system administrator is not one of them.
 * @throws Problem identity/second-factor-self, staff-unknown.
 */
export async function resetSecondFactor(
  ctx: WatchContext,
  by: Actor,
  input: { staff_id: string; reason: ResetReason },
): Promise<void> {
  const { staff_id, reason } = input;
  if (staff_id === by.staff_id) throw new Problem(secondFactorSelf);
  await ctx.db.tx(async (tx) => {
    const at = ctx.clock.now();
    const member = await resetSecondFactorRow(tx, { staff_id, hospital_id: by.hospital_id, at });
    if (!member) throw new Problem(staffUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.second-factor-reset',
        hospital_id: member.hospital_id,
        subject: `staff:${staff_id}`,
        version: member.version,
        actor: `staff:${by.staff_id}`,
        payload: { staff_id, reason },
      },
    ]);
  });
}

/** Says which further roles of a hospital need a second factor. */
export async function setSecurityRule(
  ctx: WatchContext,
  by: { staff_id: string; hospital_id: string },
  second_factor_roles: readonly string[],
): Promise<void> {
  const { hospital_id } = by;
  const roles = [...new Set(second_factor_roles)].sort();
  await ctx.db.tx(async (tx) => {
    const rule = { hospital_id, second_factor_roles: roles, at: ctx.clock.now() };
    const version = await writeRule(tx, rule);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.security.rule-changed',
        hospital_id,
        subject: `security-rule:${hospital_id}`,
        version,
        actor: `staff:${by.staff_id}`,
        payload: { hospital_id, second_factor_roles: roles },
      },
    ]);
  });
}

const watched = [
  'identity.staff.created',
  'identity.staff.signed-in',
  'identity.staff.locked',
  'identity.staff.unlocked',
  'identity.staff.disabled',
  'identity.staff.password-changed',
  'identity.staff.second-factor-enrolled',
  'identity.staff.second-factor-reset',
  'identity.staff.recovery-used',
  'identity.staff.oidc-linked',
  'identity.session.ended',
  'identity.security.rule-changed',
  'platform.field-key.activated',
  'platform.field-key.retired',
] as const;

/** A page of what happened at the doors, newest first; `next` continues it. */
export async function securityEvents(
  ctx: { db: Db },
  hospital_id: string | null,
  before: string | null,
): Promise<{ events: SecurityEvent[]; next: string | null }> {
  const events = await securityEventRows(ctx.db, { hospital_id, names: watched, before });
  return { events, next: events.length === 50 ? (events.at(-1)?.id ?? null) : null };
}
