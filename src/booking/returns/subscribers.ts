import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { appendEvents, type StoredEvent, type Subscription } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { rulesOn } from '../limits/read-rules.ts';
import { openFor } from './open-return.ts';
import { giveBackReturn, selectSeen } from './store.ts';

type Source = { clock: Clock; random: Random };
type VisitEvent = StoredEvent<'booking.visit.seen'>;

const actor = 'system:booking';

/**
 * Where the hospital's rule is that every visit opens a return, seeing a patient opens it. A stop that
 * ends a return's visit gives the return back, with its days anew. Repeats change nothing.
 */
export function returnSubscriptions(ctx: Source): Subscription[] {
  return [
    {
      name: 'booking.returns',
      events: ['booking.visit.seen', 'booking.visit.attended', 'booking.visit.stopped'],
      handle: async (tx, events) => {
        for (const event of events as VisitEvent[])
          if ((event.name as string) === 'booking.visit.stopped') await giveBack(tx, ctx, event);
          else await openByRule(tx, ctx, event);
      },
    },
  ];
}

async function openByRule(tx: Tx, ctx: Source, event: VisitEvent): Promise<void> {
  const [visit] = await selectSeen(tx, [event.payload.appointment_id]);
  if (visit?.status !== 'fulfilled' || visit.pool === 'free_return') return;
  const day = visit.service_date;
  const { free_return } = await rulesOn({ db: tx, clock: ctx.clock }, { ...visit, day });
  if (free_return.opens !== 'every_visit') return;
  const last_day = addDays(day, free_return.days);
  // A morning that is typed in long afterwards opens nothing that is over already.
  if (last_day >= shanghaiDate(event.occurred_at))
    await openFor(tx, ctx, visit, { last_day, actor });
}

async function giveBack(tx: Tx, ctx: Source, event: VisitEvent): Promise<void> {
  const { hospital_id } = event;
  if (hospital_id === null) return;
  const { free_return } = await rulesOn({ db: tx, clock: ctx.clock }, { hospital_id });
  const last_day = addDays(shanghaiDate(event.occurred_at), free_return.days);
  const { appointment_id, session_id } = event.payload;
  const back = await giveBackReturn(tx, { appointment_id, last_day });
  if (!back) return;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.return.given-back',
      hospital_id,
      subject: `return:${back.id}`,
      version: back.version,
      person_id: back.patient_id,
      actor,
      payload: { return_id: back.id, appointment_id, session_id, last_day: back.last_day },
    },
  ]);
}
