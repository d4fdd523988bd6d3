import { shanghaiDate } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import {
  departmentUnknown,
  inWords,
  practitionerUnknown,
  sessionNotPlanned,
  sessionOver,
  sessionUnknown,
  sessionUnnamed,
  substituteSame,
  substituteSpeciality,
  substituteTitle,
} from './errors.ts';
import { latenessOf, titleSuffices, unannounced_max, type Lateness } from './rules.ts';
import type { SessionContext } from './sessions.ts';
import {
  changeCounts,
  insertChange,
  selectChangeState,
  selectColleagues,
  setSensitiveRow,
  substituteRow,
  type Cause,
} from './store-changes.ts';

type Act = { hospital_id: string; session_id: string; actor: string };

/**
 * 替诊: another doctor of the same speciality and of the same or a higher title takes the session
 * over; numbers and times stay. Patients follow by the event `schedule.session.substituted`.
 * @throws Problem schedule/session-unknown, practitioner-unknown, session-unnamed,
 * substitute-same, substitute-speciality, substitute-title, session-not-planned, session-over,
 * practitioner-elsewhere.
 */
export async function substituteDoctor(
  ctx: SessionContext,
  input: Act & { practitioner_id: string; cause: Cause; reason: string },
): Promise<{ lateness: Lateness }> {
  const at = ctx.clock.now();
  const work = ctx.db.tx(async (tx) => {
    const state = await selectChangeState(tx, input);
    if (!state) throw new Problem(sessionUnknown);
    if (state.offered_title === null) throw new Problem(practitionerUnknown);
    if (state.practitioner_id === null) throw new Problem(sessionUnnamed);
    if (state.practitioner_id === input.practitioner_id) throw new Problem(substituteSame);
    if (!state.same_speciality) throw new Problem(substituteSpeciality);
    if (!titleSuffices(state.offered_title, state.title ?? '')) throw new Problem(substituteTitle);
    const changed = await substituteRow(tx, { ...input, at });
    if (!changed) throw new Problem(state.status === 'stopped' ? sessionNotPlanned : sessionOver);
    const lateness = latenessOf(state.service_date, at);
    await insertChange(tx, {
      ...input,
      id: newId(ctx),
      kind: 'substitute',
      practitioner_id: state.practitioner_id,
      substitute_id: input.practitioner_id,
      lateness,
      at,
    });
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.session.substituted',
        hospital_id: input.hospital_id,
        actor: input.actor,
        subject: `session:${input.session_id}`,
        version: changed.version,
        payload: {
          session_id: input.session_id,
          from_practitioner_id: state.practitioner_id,
          practitioner_id: input.practitioner_id,
        },
      },
    ]);
    return { lateness };
  });
  return inWords(work);
}

/** How late a change would be now, and who could take the session over. */
export async function checkChange(
  ctx: Pick<SessionContext, 'db' | 'clock'>,
  input: { hospital_id: string; session_id: string },
): Promise<{
  lateness: Lateness;
  substitutes: { practitioner_id: string; name: string; title: string }[];
}> {
  const state = await selectChangeState(ctx.db, { ...input, practitioner_id: null });
  if (!state) throw new Problem(sessionUnknown);
  const colleagues =
    state.practitioner_id === null ? [] : await selectColleagues(ctx.db, input.session_id);
  return {
    lateness: latenessOf(state.service_date, ctx.clock.now()),
    substitutes: colleagues.filter(({ title }) => titleSuffices(title, state.title ?? '')),
  };
}

/** A doctor's stops and substitutions in a range of days (both included). */
export type ChangeCount = {
  practitioner_id: string;
  name: string;
  title: string;
  stops: number;
  substitutions: number;
  late: number;
  /** 擅自停诊: nobody had agreed. */
  unannounced: number;
  /** Often enough for the outpatient office to suspend the clinic, which it decides, not this count. */
  suspend_due: boolean;
};

/** Stops and substitutions by doctor, those without leave first. */
export async function countChanges(
  ctx: { db: Queryable },
  input: { hospital_id: string; from: string; to: string },
): Promise<ChangeCount[]> {
  const rows = await changeCounts(ctx.db, input);
  return rows.map((row) => ({ ...row, suspend_due: row.unannounced >= unannounced_max }));
}

/**
 * Says whether a department is sensitive, whatever its speciality suggests: then no message outside
 * the site names it, nor its hospital.
 * @throws Problem schedule/department-unknown.
 */
export async function setSensitive(
  ctx: SessionContext,
  input: { hospital_id: string; department_id: string; sensitive: boolean; actor: string },
): Promise<void> {
  const { hospital_id, department_id, sensitive, actor } = input;
  await ctx.db.tx(async (tx) => {
    const row = await setSensitiveRow(tx, input);
    if (!row) throw new Problem(departmentUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.department.privacy-set',
        hospital_id,
        actor,
        subject: `department:${department_id}`,
        version: row.version,
        payload: { department_id, sensitive },
      },
    ]);
  });
}

/** Today as the report's last day, when none is given. */
export function reportRange(
  ctx: Pick<SessionContext, 'clock'>,
  query: { from?: string | undefined; to?: string | undefined },
): { from: string; to: string } {
  const today = shanghaiDate(ctx.clock.now());
  return { from: query.from ?? `${today.slice(0, 4)}-01-01`, to: query.to ?? today };
}
