import type { Queryable, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents, type StoredEvent, type Subscription } from '../../platform/outbox.ts';
import { clearAndRecount, peopleOf } from './clear.ts';
import { recount, type RecountContext } from './recount.ts';
import { keyOf, toldBy, type ConductKind } from './rules.ts';
import {
  excuseOffer,
  insertConduct,
  lockConduct,
  selectCountedVisits,
  type CountedVisit,
  type Noted,
} from './store.ts';

const actor = 'system:booking';

export type CountContext = RecountContext & {
  /** Whether a notice of the visit reached its person before an instant; without it none did. */
  wasTold?: (
    db: Queryable,
    input: { patient_id: string; appointment_id: string; before: Date },
  ) => Promise<boolean>;
};

/**
 * Counts no-shows, late cancels and unconfirmed wins, and makes the restrictions they lead to. A stop
 * (停诊) and an undone cancel take their counts back.
 */
export function conductSubscriptions(ctx: CountContext): Subscription[] {
  return [
    {
      name: 'booking.conduct',
      events: [
        'booking.visit.no-show',
        'booking.visit.cancelled',
        'booking.visit.lapsed',
        'booking.visit.restored',
        'release.offer.made',
        'schedule.session.stopped',
      ],
      handle: (tx, events) => count(tx, ctx, events),
    },
  ];
}

type VisitEvent = StoredEvent<'booking.visit.cancelled'>;

/** Handles news in any order; each visit is noted once a kind. */
export async function count(
  tx: Tx,
  ctx: CountContext,
  events: readonly StoredEvent[],
): Promise<void> {
  const ids = events.flatMap(({ payload }) =>
    'appointment_id' in payload && payload.appointment_id ? [payload.appointment_id] : [],
  );
  const visits = new Map(
    (await selectCountedVisits(tx, ids)).map((visit) => [visit.appointment_id, visit]),
  );
  for (const { patient_id } of peopleOf([...visits.values()])) await lockConduct(tx, patient_id);
  const noted: Noted[] = [];
  for (const event of events) {
    if (event.name === 'schedule.session.stopped') {
      const { session_id } = event.payload as StoredEvent<'schedule.session.stopped'>['payload'];
      await clearAndRecount(tx, ctx, { session_ids: [session_id], reason: 'stopped', actor });
      continue;
    }
    const visit = visits.get((event as VisitEvent).payload.appointment_id);
    // A free return took no number from anybody, so leaving it counts nothing.
    if (!visit || visit.pool === 'free_return') continue;
    const row = await follow(tx, ctx, event as VisitEvent, visit);
    if (row) noted.push(row);
  }
  await tellNoted(tx, ctx, noted);
}

async function follow(
  tx: Tx,
  ctx: CountContext,
  event: VisitEvent,
  visit: CountedVisit,
): Promise<Noted | undefined> {
  const { appointment_id, hospital_id, patient_id } = visit;
  const row = { id: newId(ctx), appointment_id, hospital_id, patient_id };
  const happened_at = event.occurred_at;
  if ((event.name as string) === 'release.offer.made') {
    const kind = 'unconfirmed_win';
    await excuseOffer(tx, { ...row, kind, happened_at, told_by: null, at: happened_at, actor });
    return undefined;
  }
  if ((event.name as string) === 'booking.visit.restored') {
    const undone = { appointment_ids: [appointment_id], kind: 'late_cancel' as const };
    await clearAndRecount(tx, ctx, { ...undone, reason: 'restored', actor });
    return undefined;
  }
  const kind = kindOf(event);
  if (!kind) return undefined;
  const told_by = toldBy(visit) ?? (await noticeOf(tx, ctx, visit, happened_at));
  return insertConduct(tx, { ...row, kind, happened_at, told_by });
}

async function noticeOf(
  tx: Tx,
  ctx: CountContext,
  { patient_id, appointment_id }: CountedVisit,
  before: Date,
): Promise<'notice' | null> {
  const told = (await ctx.wasTold?.(tx, { patient_id, appointment_id, before })) ?? false;
  return told ? 'notice' : null;
}

/** Which ladder a change of a visit counts for; undefined for none. */
function kindOf({ name, payload }: VisitEvent): ConductKind | undefined {
  const detail = payload.detail ?? {};
  switch (name as string) {
    case 'booking.visit.no-show':
      return 'no_show';
    case 'booking.visit.cancelled':
      return detail['late'] === true ? 'late_cancel' : undefined;
    case 'booking.visit.lapsed':
      return payload.channel === 'draw' ? 'unconfirmed_win' : undefined;
    default:
      return undefined;
  }
}

async function tellNoted(tx: Tx, ctx: CountContext, noted: readonly Noted[]): Promise<void> {
  for (const who of peopleOf(noted)) {
    const free = await recount(tx, ctx, who, { actor, reason: 'recounted' });
    const mine = noted.filter(
      (one) => one.patient_id === who.patient_id && one.hospital_id === who.hospital_id,
    );
    await appendEvents(
      tx,
      ctx,
      mine.map((one) => ({
        name: 'booking.conduct.noted',
        hospital_id: one.hospital_id,
        subject: `conduct:${one.id}`,
        version: one.version,
        person_id: one.patient_id,
        actor,
        payload: {
          conduct_id: one.id,
          appointment_id: one.appointment_id,
          kind: one.kind,
          first: free.has(keyOf(one)),
          counts: one.told_by !== null && !free.has(keyOf(one)),
        },
      })),
    );
  }
}
