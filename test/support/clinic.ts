import { createHash } from 'node:crypto';
import { bookingRoutes, bookingSubscriptions, createBookingHot } from '../../src/booking/index.ts';
import { releaseNumbers, type Pool } from '../../src/booking/index.ts';
import { can, linkPatient, registerPatient } from '../../src/identity/index.ts';
import { createPayment, type PaymentChannel } from '../../src/payment/index.ts';
import type { Subscription } from '../../src/platform/outbox.ts';
import { createOutbox } from '../../src/platform/outbox.ts';
import { createHttp, type App, type Session } from '../../src/platform/http.ts';
import { readConfig } from '../../src/platform/config.ts';
import { newId } from '../../src/platform/id.ts';
import { sql } from '../../src/platform/sql.ts';
import {
  createCampus,
  createHospital,
  upsertDepartment,
  upsertHealthcareService,
  upsertPractitioner,
} from '../../src/schedule/index.ts';
import { identityWorld } from './identity.ts';

export type SessionOptions = {
  numbers: number;
  service?: 'chief' | 'other';
  service_date?: string;
  period?: 'morning' | 'afternoon';
  master?: 'own' | 'his';
  patient_bookings_max?: number;
  /** Pools to release; none by default. */
  released?: Pool[];
};

const hours = { morning: ['00:00', '04:00'], afternoon: ['06:00', '09:00'] } as const;

/**
 * A hospital with one department and two doctors, persons with documents, an account, and booking
 * over HTTP, at 2026-11-24 09:00 in Shanghai.
 */
export async function clinicWorld(seed: string, channels: PaymentChannel[] = []) {
  const identity = await identityWorld(seed);
  const { db } = identity.ctx;
  identity.ctx.clock.set(new Date('2026-11-24T01:00:00Z'));
  const payment = createPayment(identity.ctx, { channels });
  const ctx = { ...identity.ctx, bookingHot: createBookingHot(db.hot, db.lane), payment };
  const actor = 'system:test';
  const { hospital_id } = await createHospital(ctx, { code: 'H1', name: '示例医院', actor });
  const { campus_id } = await createCampus(ctx, { hospital_id, code: 'C1', name: '本部' });
  const { department_id } = await upsertDepartment(ctx, {
    hospital_id,
    campus_id,
    code: 'XNK',
    name: '心血管内科',
    specialty_code: '03.04',
  });
  const clinic = async (code: string, name: string) => {
    const { practitioner_id } = await upsertPractitioner(ctx, {
      hospital_id,
      code: `D-${code}`,
      name,
      title: '主任医师',
    });
    const { healthcare_service_id } = await upsertHealthcareService(ctx, {
      hospital_id,
      department_id,
      practitioner_id,
      code,
      name: `${name}门诊`,
      level: 'chief',
      registration_fee_fen: 100,
      consultation_fee_fen: 5900,
    });
    return { practitioner_id, healthcare_service_id };
  };
  const services = {
    chief: await clinic('XNK-01', '张主任'),
    other: await clinic('XNK-02', '李主任'),
  };
  let keys = 0;
  let people = 0;
  const follow = (more: Subscription[] = []) =>
    createOutbox(ctx, [...bookingSubscriptions(ctx), ...more]).drain();
  return {
    ctx,
    hospital_id,
    department_id,
    services,
    follow,
    stop: identity.stop,
    key: () => ({ scope: 'test', key: `key-number-${++keys}`, fingerprint: 'same' }),
    /** The next synthetic person, registered at the window. */
    person: async () => {
      const one = identity.population.syntheticPerson(people++);
      const { patient_id } = await registerPatient(ctx, {
        name: one.name,
        document_type: one.documentType,
        document_number: one.documentNumber,
        how: 'counter',
        actor,
      });
      return { ...one, patient_id };
    },
    /** The next synthetic person, not registered. */
    stranger: () => identity.population.syntheticPerson(people++),
    account: async (...patient_ids: string[]) => {
      const account_id = newId(ctx);
      const phone = createHash('sha256').update(account_id).digest();
      await db.run(sql`insert into identity.account (id, sealed_phone, phone_index, created_at)
        values (${account_id}, ${ctx.fields.seal('13800138000', 'identity.account.phone')}, ${phone}, ${ctx.clock.now()})`);
      for (const patient_id of patient_ids)
        await linkPatient(ctx, { account_id, patient_id, relation: 'other' });
      return account_id;
    },
    /** A session with its numbers. */
    session: async (options: SessionOptions) => {
      const { service_date = '2026-11-27', period = 'morning', service = 'chief' } = options;
      const id = newId(ctx);
      const [from, to] = hours[period];
      await db.tx(async (tx) => {
        await tx.run(sql`
          insert into schedule.session (id, hospital_id, healthcare_service_id, practitioner_id, service_date,
            period, room, starts_at, ends_at, numbers, patient_bookings_max, master, created_at)
          values (${id}, ${hospital_id}, ${services[service].healthcare_service_id},
            ${services[service].practitioner_id}, ${service_date}, ${period}, '3诊室',
            ${`${service_date}T${from}:00Z`}, ${`${service_date}T${to}:00Z`}, ${options.numbers},
            ${options.patient_bookings_max ?? 1}, ${options.master ?? 'own'}, ${ctx.clock.now()})`);
        await tx.run(sql`
          insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
          values (${newId(ctx)}, ${hospital_id}, 'schedule.session.created', ${`session:${id}`}, 1, ${actor},
            ${JSON.stringify({ session_id: id })}, ${ctx.clock.now()})`);
      });
      await follow();
      if (options.released)
        await db.tx((tx) =>
          releaseNumbers(tx, {
            session_ids: [id],
            pools: options.released ?? [],
            at: ctx.clock.now(),
            actor,
          }),
        );
      return id;
    },
    slots: (session_id: string) =>
      db.many<{ id: string; sequence: number; state: string; pool: string }>(
        sql`select id, sequence, state, pool from booking.slot where session_id = ${session_id} order by sequence`,
      ),
    /** Booking's routes; requests say who is signed in by the header `x-test-session`. */
    app: async (): Promise<App> => {
      const app = await createHttp({
        config: readConfig({}),
        authenticate: (request) => {
          const text = request.headers['x-test-session'];
          return typeof text === 'string' ? (JSON.parse(text) as Session) : undefined;
        },
        can: (roles, permission) => can(roles, permission),
        log: false,
      });
      bookingRoutes(app, ctx);
      return app;
    },
  };
}

export type ClinicWorld = Awaited<ReturnType<typeof clinicWorld>>;

/** Headers of a signed-in account or staff member, with a key of its own for each request. */
export function signedIn(
  session: { account_id: string } | { staff_id: string; hospital_id: string; roles: string[] },
): () => Record<string, string> {
  let keys = 0;
  const whole =
    'account_id' in session
      ? { kind: 'account', session_id: session.account_id, ...session }
      : { kind: 'staff', session_id: session.staff_id, ...session };
  return () => ({
    'x-test-session': JSON.stringify(whole),
    'x-requested-with': 'zhenghao',
    'idempotency-key': `request-number-${++keys}`,
  });
}
