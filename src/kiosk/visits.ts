import {
  bookAtTerminal,
  cancelAtTerminal,
  changeVisitCategory,
  checkInAtTerminal,
  findVisits,
  payVisit,
  readVisit,
  readVisitPayment,
  visitAtTerminal,
  type Visit,
  type VisitPayment,
} from '../booking/index.ts';
import type { FeeCategory, OnlineChannelName, PayWay } from '../payment/index.ts';
import { addDays, shanghaiDate } from '../platform/clock.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { once } from '../platform/once.ts';
import { Problem } from '../platform/problem.ts';
import { entriesOf, enterAtWindow } from '../release/index.ts';
import { cardNeeded, proofNeeded } from './errors.ts';
import { noteMade } from './store.ts';
import { actorOfTerminal, type AtTerminal, type KioskContext } from './types.ts';

type OnVisit = AtTerminal & { appointment_id: string };
type Written = { idempotency: Idempotency };

const person = ({ terminal, turn }: AtTerminal) => ({
  hospital_id: terminal.hospital_id,
  patient_id: turn.patient_id,
  actor: actorOfTerminal(terminal),
});

/** Days back and ahead that 我的号 shows. */
const days_ahead = 90;

/**
 * The person's numbers in this hospital from today on. With a typed number only what was made in this
 * turn: a number that others know does not open what somebody is treated for.
 */
export async function myVisits(
  ctx: KioskContext,
  at: AtTerminal,
): Promise<{ visits: Visit[]; proved: boolean }> {
  const { hospital_id } = at.terminal;
  const { proved, made, patient_id } = at.turn;
  if (!proved && made.length === 0) return { visits: [], proved };
  const filter = proved ? { patient_ids: [patient_id], hospital_id } : { ids: made, hospital_id };
  const today = shanghaiDate(ctx.clock.now());
  const last = addDays(today, days_ahead);
  const visits = await findVisits(ctx, filter);
  return {
    proved,
    visits: visits.filter(({ service_date: day }) => day >= today && day <= last),
  };
}

/** Takes a number for the person here. Throws as booking's bookAtTerminal. */
export async function takeHere(
  ctx: KioskContext,
  input: AtTerminal & Written & { session_id: string; slot_id: string | null },
): Promise<Visit> {
  const { session_id, slot_id, idempotency, turn, terminal } = input;
  const asked = { ...person(input), session_id, slot_id, idempotency };
  const { appointment_id } = await bookAtTerminal(ctx, asked);
  await noteMade(ctx.db, { turn_id: turn.turn_id, appointment_id });
  return readVisit(ctx, { appointment_id, hospital_id: terminal.hospital_id });
}

/** 签到取号: only with the card itself. @throws Problem kiosk/card-needed, and as booking's check-in. */
export async function checkInHere(ctx: KioskContext, input: OnVisit & Written): Promise<Visit> {
  if (input.turn.how !== 'reader') throw new Problem(cardNeeded);
  const { appointment_id, idempotency } = input;
  await checkInAtTerminal(ctx, { ...person(input), appointment_id, idempotency });
  return readVisit(ctx, { appointment_id, hospital_id: input.terminal.hospital_id });
}

/** @throws Problem kiosk/proof-needed, and as booking's cancelAtTerminal. */
export async function cancelHere(ctx: KioskContext, input: OnVisit & Written): Promise<Visit> {
  assertProven(input);
  const { appointment_id, idempotency } = input;
  await cancelAtTerminal(ctx, { ...person(input), appointment_id, idempotency });
  return readVisit(ctx, { appointment_id, hospital_id: input.terminal.hospital_id });
}

/** Changing 费别 keeps the number. @throws Problem kiosk/proof-needed, and as changeVisitCategory. */
export async function categoryHere(
  ctx: KioskContext,
  input: OnVisit & Written & { category: FeeCategory },
): Promise<VisitPayment> {
  const { appointment_id, category, idempotency } = input;
  const by = await payerOf(ctx, input);
  return once(ctx, idempotency, async () => {
    await changeVisitCategory(ctx, { ...by, appointment_id, category });
    return readVisitPayment(ctx, { ...by, appointment_id });
  });
}

/** A code to pay with one's own phone; a kiosk takes no cash. Throws as booking's payVisit. */
export async function payHere(
  ctx: KioskContext,
  input: OnVisit & Written & { channel: OnlineChannelName },
): Promise<{ state: 'paid' | 'paying'; way: PayWay | null; expires_at: string | null }> {
  const { appointment_id, channel, idempotency } = input;
  const by = await payerOf(ctx, input);
  return once(ctx, idempotency, async () => {
    const paying = await payVisit(ctx, { ...by, appointment_id, channel, openid: null });
    return paying.state === 'paid'
      ? { state: 'paid' as const, way: null, expires_at: null }
      : { ...paying, expires_at: paying.expires_at.toISOString() };
  });
}

export async function paymentHere(ctx: KioskContext, input: OnVisit): Promise<VisitPayment> {
  const { appointment_id } = input;
  return readVisitPayment(ctx, { ...(await payerOf(ctx, input)), appointment_id });
}

async function payerOf(
  ctx: KioskContext,
  input: OnVisit,
): Promise<{ by: { hospital_id: string }; actor: string }> {
  assertProven(input);
  const { hospital_id, patient_id, actor } = person(input);
  await visitAtTerminal(ctx, { appointment_id: input.appointment_id, hospital_id, patient_id });
  return { by: { hospital_id }, actor };
}

function assertProven({ turn, appointment_id }: OnVisit): void {
  if (!turn.proved && !turn.made.includes(appointment_id)) throw new Problem(proofNeeded);
}

/** Registers the person in a draw; the slip carries what a browser would have kept. */
export function enterHere(
  ctx: KioskContext,
  input: AtTerminal & Written & { draw_id: string; preferences: string[]; notice_days: number },
): ReturnType<typeof enterAtWindow> {
  const { draw_id, preferences, notice_days } = input;
  return once(ctx, input.idempotency, () =>
    enterAtWindow(ctx, { ...person(input), draw_id, preferences, notice_days, channel: 'kiosk' }),
  );
}

/** Registrations of the person in this hospital, when they are proved. */
export async function myEntries(ctx: KioskContext, { turn }: AtTerminal) {
  return turn.proved ? entriesOf(ctx, [turn.patient_id]) : [];
}
