import { callList, lapseHolds, logCall, remoteUntil, step } from '../../src/booking/index.ts';
import type { Context } from '../../src/context.ts';
import type { manualClock } from '../../src/platform/clock.ts';
import { shanghaiInstant } from '../../src/platform/clock.ts';
import { tickRelease, viewDraws, withdrawWish, type DrawView } from '../../src/release/index.ts';
import { refreshStatistics } from './database.ts';
import type { Wisher } from './people.ts';

/** A world that stands still until it is told what hour it is. */
export type Life = {
  ctx: Context;
  clock: ReturnType<typeof manualClock>;
  hospital_id: string;
  tell(line: string): void;
};

/** Lets everything happen whose hour has come: events, draws, lapsed holds, the log, its witnesses. */
export async function settle({ ctx }: Life): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await ctx.outbox.drain();
    await tickRelease(ctx);
    let lapsed: number;
    do lapsed = await lapseHolds(ctx);
    while (lapsed > 0);
    await ctx.outbox.drain();
    await ctx.sequencer.drain();
    const { failures } = await ctx.witnessing.run();
    if (failures[0]) throw failures[0];
  }
}

export async function liveUntil(life: Life, instant: Date): Promise<void> {
  if (instant > life.clock.now()) life.clock.set(instant);
  await settle(life);
}

/** What a winner does: most confirm, some give the number back, some are not reached. */
type Deed = 'confirm' | 'decline' | 'confirm and cancel' | 'nothing';

const everyone: readonly Deed[] = ['confirm'];
const various: readonly Deed[] = [
  ...['confirm', 'decline', 'confirm', 'nothing', 'confirm'],
  ...['confirm and cancel', 'confirm', 'confirm', 'confirm', 'confirm'],
] as Deed[];

/** The desk calls every winner who was not called yet; nobody here has an account. */
async function callWinners(life: Life, deeds: readonly Deed[]): Promise<void> {
  let called = 0;
  for (;;) {
    const due = (await callList(life.ctx, life.hospital_id)).filter((one) => one.calls === 0);
    if (due.length === 0) break;
    const first = called;
    called += due.length;
    for (const [at, { appointment_id }] of due.entries())
      if (deeds[(first + at) % deeds.length] === 'nothing')
        await logCall(life.ctx, {
          ...{ hospital_id: life.hospital_id, appointment_id },
          ...{ outcome: 'no_answer', actor: 'demo' },
        });
    await Promise.all(
      due.map(({ appointment_id }, at) =>
        act(life, appointment_id, deeds[(first + at) % deeds.length] as Deed),
      ),
    );
  }
  if (called > 0) life.tell(`${called} winners were called`);
}

async function act(life: Life, appointment_id: string, deed: Deed): Promise<void> {
  const take = (name: 'confirm' | 'cancel') =>
    step(life.ctx, name, {
      ...{ appointment_id, hospital_id: life.hospital_id, actor: 'demo' },
      idempotency: { scope: 'demo', key: `${appointment_id} ${name}`, fingerprint: '' },
    });
  if (deed === 'confirm' || deed === 'confirm and cancel') await take('confirm');
  if (deed === 'decline' || deed === 'confirm and cancel') await take('cancel');
}

/** The newest draw. */
async function newest({ ctx, hospital_id }: Life): Promise<DrawView> {
  const [draw] = await viewDraws(ctx, hospital_id);
  if (!draw) throw new Error('no draw was announced');
  return draw;
}

/**
 * One draw from its announcement to the hour its winners must have confirmed by: it is announced,
 * wishes enter it, it is sealed, its seal is countersigned, and the beacon's round draws it.
 */
export async function liveDraw(
  life: Life,
  day: { announce: Date; leavers: readonly Wisher[] },
): Promise<DrawView> {
  await liveUntil(life, day.announce);
  const draw = await newest(life);
  life.tell(`${draw.code}: announced, and the wishes have entered`);
  await refreshStatistics(life.ctx.db);
  for (const { wish_id } of day.leavers)
    await withdrawWish(life.ctx, { wish_id, actor: 'demo', mine: () => Promise.resolve(true) });
  await liveUntil(life, draw.closes_at);
  const sealed = await newest(life);
  life.tell(`${draw.code}: ${sealed.entries} entries sealed and countersigned`);
  await liveUntil(life, draw.round_at);
  const drawn = await newest(life);
  if (drawn.seed === null) throw new Error(`${draw.code} is ${drawn.state}, not drawn`);
  life.tell(`${draw.code}: drawn`);
  return drawn;
}

/** After a draw of which nobody gives anything back. */
export async function everyoneConfirms(life: Life): Promise<void> {
  await callWinners(life, everyone);
  await settle(life);
}

/**
 * After the draw: some winners give their numbers back or are not reached. With returns these are
 * drawn again; without, they go to the people who come in person.
 */
export async function liveOn(life: Life, draw: DrawView): Promise<void> {
  const { returns } = draw;
  // Without returns, what is cancelled much earlier would be drawn in a batch, a draw of its own.
  if (returns.length === 0) {
    life.clock.set(new Date(draw.confirm_until.getTime() - 60_000));
    await callWinners(life, various);
  } else await callWinners(life, various);
  await settle(life);
  await liveUntil(life, draw.confirm_until);
  for (const [at, { n, closes_at, round_at, confirm_until }] of returns.entries()) {
    await liveUntil(life, closes_at);
    await liveUntil(life, round_at);
    life.tell(`${draw.code}: return ${n} drawn`);
    const isLast = at === returns.length - 1;
    await callWinners(life, isLast ? everyone : various);
    await settle(life);
    if (!isLast) await liveUntil(life, confirm_until);
  }
}

/** The evening before, the clinic, and the end of the day: the draw is closed and its end proven. */
export async function liveToTheEnd(life: Life, clinic_day: string): Promise<void> {
  await liveUntil(life, remoteUntil(clinic_day));
  await liveUntil(life, shanghaiInstant(clinic_day, '18:00'));
}
