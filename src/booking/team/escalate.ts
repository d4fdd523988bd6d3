import { addDays, shanghaiDate } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { findSessions, getSessions, type SessionView } from '../../schedule/index.ts';
import {
  freeDirect,
  lockDirectStock,
  selectSource,
  type SourceVisit,
} from '../direct/store-direct.ts';
import { bookWithin, innerKey, once } from '../direct/take-within.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { refused } from '../errors.ts';
import { escalateFrom, escalatedAlready, escalateTo } from './errors.ts';
import { escalation_days, offers_max, type EscalationReason } from './rules.ts';
import { insertEscalation, isEscalated, lockTeam, selectTeams, type Team } from './store.ts';

export type ExpertTime = { session: SessionView; free: number };

/**
 * When the expert of a patient's team has numbers kept for the team, the soonest first. No session
 * gets more of them than were planned: who is too ill to wait goes the green channel.
 * @throws Problem booking/visit-unknown, escalate-from.
 */
export async function expertTimes(
  ctx: DirectContext,
  input: { hospital_id: string; appointment_id: string },
): Promise<ExpertTime[]> {
  const { team } = await readSource(ctx, input);
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  const sessions = await findSessions(ctx, {
    hospital_id: input.hospital_id,
    practitioner_id: team.expert_id,
    from: today,
    to: addDays(today, escalation_days),
  });
  const open = sessions.filter((one) => isExperts(one, team, now));
  const free = await freeDirect(ctx.db, {
    session_ids: open.map((one) => one.id),
    pools: ['team'],
    at: now,
  });
  const left = new Map(free.map((one) => [one.session_id, one.free]));
  return open
    .flatMap((session) => {
      const kept = left.get(session.id);
      return kept === undefined ? [] : [{ session, free: kept }];
    })
    .toSorted((a, b) => a.session.starts_at.getTime() - b.session.starts_at.getTime())
    .slice(0, offers_max);
}

export type EscalateInput = ByStaff & {
  /** The visit at the team's clinic, seen by a member. */
  appointment_id: string;
  session_id: string;
  reason: EscalationReason;
  idempotency: Idempotency;
};

/**
 * 升级 (R035): a member who has seen a patient sends them on to the team's expert, by a number of the
 * expert's session kept for the team. Never drawn, counted, told to the patient and published as a
 * total; the first visit stays as it is.
 * @throws Problem booking/visit-unknown, escalate-from, escalate-to, escalated-already, sold-out,
 * session-day, over, stopped.
 */
export async function escalate(
  ctx: DirectContext,
  input: EscalateInput,
): Promise<{ appointment_id: string }> {
  const { source, team } = await readSource(ctx, input);
  const [target] = await getSessions(ctx, [input.session_id]);
  const at = ctx.clock.now();
  if (target?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  if (!isExperts(target, team, at)) throw new Problem(escalateTo);
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, input.session_id);
    if (!stock) throw refused('session-unknown');
    return once(tx, { ...input, at }, () => give(tx, ctx, { ...input, source, team }));
  });
}

async function give(
  tx: Tx,
  ctx: DirectContext,
  input: EscalateInput & { source: SourceVisit; team: Team },
): Promise<{ appointment_id: string }> {
  const { actor, session_id, reason, hospital_id, source, team } = input;
  const { healthcare_service_id, expert_id } = team;
  const { patient_id, appointment_id: from_appointment_id } = source;
  const locked = await lockTeam(tx, { healthcare_service_id, hospital_id });
  if (locked?.expert_id !== expert_id) throw new Problem(escalateTo);
  if (await isEscalated(tx, from_appointment_id)) throw new Problem(escalatedAlready);
  const { appointment_id } = await bookWithin(tx, ctx, {
    ...{ actor, session_id, patient_id, slot_id: null, pools: ['team'] },
    detail: { reason, from_appointment_id },
    idempotency: innerKey(input.idempotency),
  });
  const id = newId(ctx);
  const ids = { healthcare_service_id, from_appointment_id, appointment_id, session_id, reason };
  await insertEscalation(tx, {
    ...{ id, hospital_id, expert_id, patient_id, ...ids },
    escalated_by: actor,
    escalated_at: ctx.clock.now(),
  });
  await appendEvents(tx, ctx, [
    {
      name: 'booking.team.escalated',
      hospital_id,
      subject: `escalation:${id}`,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { escalation_id: id, ...ids },
    },
  ]);
  return { appointment_id };
}

function isExperts(session: SessionView, team: Team, now: Date): boolean {
  return (
    session.practitioner_id === team.expert_id &&
    session.healthcare_service_id !== team.healthcare_service_id &&
    session.status === 'planned' &&
    session.master === 'own' &&
    session.ends_at > now
  );
}

/** A visit at a team's clinic that a member has called in or seen; whoever sits there must be one. */
async function readSource(
  ctx: DirectContext,
  input: { hospital_id: string; appointment_id: string },
): Promise<{ source: SourceVisit; team: Team }> {
  const source = await selectSource(ctx.db, input);
  const [session] = source ? await getSessions(ctx, [source.session_id]) : [];
  if (!source || !session) throw refused('visit-unknown');
  const teams = await selectTeams(ctx.db, input.hospital_id);
  const team = teams.find(
    (one) => one.healthcare_service_id === session.healthcare_service_id && one.closed_at === null,
  );
  const doctor = session.practitioner_id;
  const byMember = doctor === null || team?.members.includes(doctor) === true;
  if (!team || !byMember || !['called', 'fulfilled'].includes(source.status))
    throw new Problem(escalateFrom);
  return { source, team };
}
