import { book, releaseNumbers, step } from '../../src/booking/index.ts';
import { newId } from '../../src/platform/id.ts';
import { sql } from '../../src/platform/sql.ts';
import type { ClinicWorld } from './clinic.ts';

/** Sessions with numbers kept for doctors' purposes, and people who are here on that day. */
export function doctorsDay(world: ClinicWorld, today: string) {
  /** A session with so many of its first numbers kept for a direct pool, open to doctors. */
  async function kept(
    service_date: string,
    pool: 'follow_up' | 'in_clinic' | 'referral' | 'team' | 'green_channel',
    count: number,
    options: { service?: 'chief' | 'other'; period?: 'morning' | 'afternoon' } = {},
  ): Promise<string> {
    const id = await world.session({ numbers: 8, service_date, ...options, released: [] });
    await world.ctx.db.run(
      sql`update booking.slot set pool = ${pool} where session_id = ${id} and sequence <= ${count}`,
    );
    await world.ctx.db.tx((tx) =>
      releaseNumbers(tx, {
        session_ids: [id],
        pools: [pool],
        at: world.ctx.clock.now(),
        actor: 'system',
        direct: true,
      }),
    );
    return id;
  }

  /** Somebody who is here today, checked in at a clinic. */
  async function present(service = 'chief', period = 'morning') {
    const id = newId(world.ctx);
    const healthcare_service_id =
      service === 'chief' ? world.services.chief.healthcare_service_id : service;
    const has = await world.ctx.db.maybe<{ id: string }>(sql`
      select id from schedule.session where healthcare_service_id = ${healthcare_service_id}
        and service_date = ${today} and period = ${period}`);
    const session_id = has?.id ?? id;
    if (!has) {
      await world.ctx.db.run(sql`
        insert into schedule.session (id, hospital_id, healthcare_service_id, practitioner_id, service_date,
          period, room, starts_at, ends_at, numbers, patient_bookings_max, master, created_at)
        values (${id}, ${world.hospital_id}, ${healthcare_service_id},
          ${service === 'chief' ? world.services.chief.practitioner_id : null}, ${today}, ${period}, '5诊室',
          ${'2026-11-24T00:00:00Z'}, ${'2026-11-24T04:00:00Z'}, 40, 1, 'own', ${world.ctx.clock.now()})`);
      await world.ctx.db.run(sql`
        insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
        values (${newId(world.ctx)}, ${world.hospital_id}, 'schedule.session.created', ${`session:${id}`}, 1,
          'system', ${JSON.stringify({ session_id: id })}, ${world.ctx.clock.now()})`);
      await world.follow();
      await world.ctx.db.tx((tx) =>
        releaseNumbers(tx, {
          session_ids: [id],
          pools: ['online'],
          at: world.ctx.clock.now(),
          actor: 'system',
        }),
      );
    }
    const { patient_id } = await world.person();
    const { appointment_id } = await book(world.ctx, {
      asker: {
        actor: 'staff:clerk',
        channel: 'window',
        account_id: null,
        device_key_id: null,
        payer_reference: null,
        phone_index: null,
      },
      session_id,
      slot_id: null,
      patient_id,
      idempotency: world.key(),
    });
    const input = { appointment_id, actor: 'staff:nurse' };
    return {
      appointment_id,
      patient_id,
      session_id,
      checkIn: () => step(world.ctx, 'checkIn', { ...input, idempotency: world.key() }),
    };
  }
  return { kept, present };
}
