import { Type } from 'typebox';
import { addDays, shanghaiDate, shanghaiInstant, type Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { hospitalOf, type App } from '../platform/http.ts';
import type { BookingContext } from './for-account.ts';
import { countByChannel, countSeen, type ChannelRow } from './store-channels.ts';

/** Channels at which a person of the hospital types the booking in. */
const by_hand: readonly string[] = ['window', 'phone', 'in_clinic'];

/** A draw's number counts by who registered: without an account it was the window, phone or kiosk. */
export function isByHand(row: Pick<ChannelRow, 'channel' | 'without_account'>): boolean {
  return by_hand.includes(row.channel) || (row.channel === 'draw' && row.without_account);
}

/** A share in whole per mille, or null of nothing. */
const perMille = (part: number, of: number): number | null =>
  of === 0 ? null : Math.round((part / of) * 1000);

export type ChannelReport = {
  from: string;
  to: string;
  channels: { channel: string; bookings: number }[];
  bookings: number;
  not_by_hand: number;
  /** 非人工预约占比: bookings nobody of the hospital typed in, per mille of all but other systems'. */
  not_by_hand_per_mille: number | null;
  seen: number;
  booked: number;
  /** 非急诊预约率: visits that took place and had been booked, per mille of those but emergencies. */
  booked_per_mille: number | null;
};

/** How people booked in a span, and how many of those seen had booked. */
export async function channelReport(
  ctx: { db: Queryable; clock: Clock },
  input: { hospital_id: string; from: string; to: string },
): Promise<ChannelReport> {
  const { hospital_id, from, to } = input;
  const start = shanghaiInstant(from, '00:00');
  const end = shanghaiInstant(addDays(to, 1), '00:00');
  const [rows, { seen, booked }] = await Promise.all([
    countByChannel(ctx.db, { hospital_id, from: start, to: end }),
    countSeen(ctx.db, input),
  ]);
  // What another system sold says nothing of how the person booked.
  const known = rows.filter(({ channel }) => channel !== 'his' && channel !== 'migrated');
  const sum = (list: ChannelRow[]): number => list.reduce((all, row) => all + row.bookings, 0);
  const bookings = sum(known);
  const not_by_hand = sum(known.filter((row) => !isByHand(row)));
  const channels = [...new Set(rows.map(({ channel }) => channel))].map((channel) => ({
    channel,
    bookings: sum(rows.filter((row) => row.channel === channel)),
  }));
  return {
    ...{ from, to, channels, bookings, not_by_hand, seen, booked },
    not_by_hand_per_mille: perMille(not_by_hand, bookings),
    booked_per_mille: perMille(booked, seen),
  };
}

const Day = Type.String({ format: 'date' });
const Share = Type.Union([Type.Integer(), Type.Null()]);
const Report = Type.Object({
  from: Day,
  to: Day,
  channels: Type.Array(Type.Object({ channel: Type.String(), bookings: Type.Integer() })),
  bookings: Type.Integer(),
  not_by_hand: Type.Integer(),
  not_by_hand_per_mille: Share,
  seen: Type.Integer(),
  booked: Type.Integer(),
  booked_per_mille: Share,
});

const usual_days = 29;

export function channelRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/channel-report',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags: ['booking'],
        summary: '预约渠道构成、非人工预约占比与非急诊预约率（默认近 30 天）',
        querystring: Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) }),
        response: { 200: Report },
      },
    },
    (request) => {
      const to = request.query.to ?? shanghaiDate(ctx.clock.now());
      const from = request.query.from ?? addDays(to, -usual_days);
      return channelReport(ctx, { hospital_id: hospitalOf(request), from, to });
    },
  );
}
