import {
  lapseHolds,
  book,
  hold,
  paidVisitSubscriptions,
  type Asker,
} from '../../src/booking/index.ts';
import { payVisit } from '../../src/booking/pay-visit.ts';
import {
  createPayment,
  paymentSubscriptions,
  readPayment,
  sweepMoney,
  tickPayment,
} from '../../src/payment/index.ts';
import { createOutbox } from '../../src/platform/outbox.ts';
import { sql } from '../../src/platform/sql.ts';
import { clinicWorld } from './clinic.ts';
import { scriptedChannel } from './scripted-channel.ts';

const asker: Asker = {
  actor: 'account:test',
  channel: 'web',
  account_id: null,
  device_key_id: null,
  payer_reference: null,
  phone_index: null,
};

/** A clinic whose visits cost 60 yuan, two scripted channels, and everything that moves money on. */
export async function paymentWorld(seed: string) {
  const clinic = await clinicWorld(seed);
  const wechat = scriptedChannel('wechat', clinic.ctx.clock);
  const alipay = scriptedChannel('alipay', clinic.ctx.clock);
  const payment = createPayment(clinic.ctx, { channels: [wechat.channel, alipay.channel] });
  const ctx = { ...clinic.ctx, payment };
  const drain = (on = ctx) =>
    createOutbox(on, [...paidVisitSubscriptions(on), ...paymentSubscriptions(on)]).drain();
  /** Events and loops until nothing moves any more. */
  const settle = async (on = ctx): Promise<void> => {
    for (let round = 0; round < 2; round++) {
      await drain(on);
      await lapseHolds(on);
      await tickPayment(on);
    }
    await drain(on);
  };
  const pass = async (seconds: number): Promise<void> => {
    clinic.ctx.clock.set(new Date(clinic.ctx.clock.now().getTime() + seconds * 1000));
    await settle();
  };
  const taken = async (how: typeof hold, session_id: string, patient_id: string) =>
    how(ctx, { asker, session_id, slot_id: null, patient_id, idempotency: clinic.key() });
  const by = { by: { hospital_id: clinic.hospital_id }, actor: 'staff:test' };
  const session_id = await clinic.session({ numbers: 200, released: ['online'] });
  return {
    ...clinic,
    ctx,
    wechat,
    alipay,
    settle,
    drain,
    pass,
    by,
    session_id,
    later: (seconds: number) =>
      clinic.ctx.clock.set(new Date(clinic.ctx.clock.now().getTime() + seconds * 1000)),
    /** A held visit of a new person; `booked` is to be paid at the hospital. */
    visit: async (how: 'held' | 'booked' = 'held', session = session_id) => {
      const { patient_id } = await clinic.person();
      const visit = await taken(how === 'held' ? hold : book, session, patient_id);
      return { ...visit, patient_id };
    },
    /** Asks for a way to pay. */
    way: async (appointment_id: string, channel: 'wechat' | 'alipay' = 'wechat') => {
      const paying = await payVisit(ctx, { ...by, appointment_id, channel, openid: null });
      return paying.state === 'paying' ? paying.way : null;
    },
    money: async (appointment_id: string) => {
      const view = await readPayment(ctx, { appointment_id });
      if (!view) throw new Error('nobody asked to pay for this visit');
      return view;
    },
    statusOf: async (appointment_id: string) =>
      (
        await ctx.db.one<{ status: string }>(
          sql`select status from booking.appointment where id = ${appointment_id}`,
        )
      ).status,
    swept: () => sweepMoney(ctx),
  };
}
