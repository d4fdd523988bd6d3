import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents, type NewEvent } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { inWords, serviceUnknown } from './errors.ts';
import { insertSessions, insertTemplate, selectDueTemplateDays } from './store.ts';
import type { DirectPools, Mode, Period } from './types.ts';

export type TemplateContext = { db: Db; clock: Clock; random: Random };

export type TemplateInput = {
  hospital_id: string;
  healthcare_service_id: string;
  /** 1 is Monday, 7 Sunday. */
  weekday: number;
  period: Period;
  room?: string;
  /** Wall times HH:mm in Asia/Shanghai. */
  starts_at: string;
  ends_at: string;
  numbers: number;
  direct_pools?: DirectPools;
  patient_bookings_max?: number;
  mode?: Mode;
  /** Clinic days, both included; no end means until further notice. */
  effective_from: string;
  effective_to?: string | null;
  actor: string;
};

/**
 * Adds a weekly template. A later `effective_from` for the same half-day takes over from that day.
 * @throws Problem schedule/service-unknown, schedule/session-exists.
 */
export async function createTemplate(
  ctx: TemplateContext,
  input: TemplateInput,
): Promise<{ template_id: string }> {
  const id = newId(ctx);
  const row = {
    ...input,
    id,
    room: input.room ?? '',
    direct_pools: input.direct_pools ?? {},
    patient_bookings_max: input.patient_bookings_max ?? 1,
    mode: input.mode ?? ('in_person' as const),
    effective_to: input.effective_to ?? null,
  };
  const write = ctx.db.tx(async (tx) => {
    if ((await insertTemplate(tx, input.hospital_id, row, ctx.clock.now())) === 0)
      throw new Problem(serviceUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.template.created',
        hospital_id: input.hospital_id,
        subject: `template:${id}`,
        version: 1,
        actor: input.actor,
        payload: { template_id: id, healthcare_service_id: input.healthcare_service_id },
      },
    ]);
  });
  await inWords(write);
  return { template_id: id };
}

export type Materialised = {
  created: string[];
  /** Days on which the doctor already sits elsewhere, or another writer was faster. */
  skipped: { template_id: string; service_date: string }[];
};

/**
 * Makes the dated sessions of the templates for a range of clinic days (both included). Running it
 * again, or twice at once, makes nothing twice: the constraint decides. Days stay as they are once
 * made, stopped ones included; half-days that have begun are not made.
 */
export async function materialiseTemplates(
  ctx: TemplateContext,
  input: { from: string; to: string; hospital_id?: string; actor?: string },
): Promise<Materialised> {
  const at = ctx.clock.now();
  const range = { from: input.from, to: input.to, hospital_id: input.hospital_id ?? null, at };
  return ctx.db.tx(async (tx) => {
    const due = await selectDueTemplateDays(tx, range);
    const rows = due.map((day) => ({ ...day, id: newId(ctx) }));
    const created = new Set<string>();
    for (const [hospital_id, group] of Map.groupBy(rows, (row) => row.hospital_id)) {
      for (const id of await insertSessions(tx, hospital_id, group, at)) created.add(id);
    }
    const written = rows.filter((row) => created.has(row.id));
    const actor = input.actor ?? 'system';
    await appendEvents(
      tx,
      ctx,
      written.map((row) => sessionCreated(row.hospital_id, row.id, actor)),
    );
    return {
      created: [...created],
      skipped: rows
        .filter((row) => !created.has(row.id))
        .map(({ template_id, service_date }) => ({ template_id, service_date })),
    };
  });
}

/** The event of a new session, from which booking makes its numbers. */
export function sessionCreated(hospital_id: string, session_id: string, actor: string): NewEvent {
  return {
    name: 'schedule.session.created',
    hospital_id,
    subject: `session:${session_id}`,
    version: 1,
    actor,
    payload: { session_id },
  };
}
