import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld } from '../../../test/support/clinic.ts';
import { Problem } from '../../platform/problem.ts';
import { sql } from '../../platform/sql.ts';
import { channelReport, isByHand } from '../channel-report.ts';
import { bookByStaff } from '../for-staff.ts';
import { plain_rules } from '../limits/presets.ts';
import { writeRules } from '../limits/write-rules.ts';
import { step } from '../step.ts';
import { book } from '../take.ts';
import { caller_people_sign } from './rules.ts';
import { listCallers, note_context, readNotes, takeCall } from './take-call.ts';

let clinic: Awaited<ReturnType<typeof clinicWorld>>;
before(async () => {
  clinic = await clinicWorld('phone');
});
after(() => clinic.stop());

const actor = 'staff:clerk';
const call = async (patient_id: string, session_id: string, caller: string, note?: string) =>
  takeCall(clinic.ctx, {
    ...{ hospital_id: clinic.hospital_id, actor, session_id, slot_id: null, patient_id, caller },
    ...(note === undefined ? {} : { note }),
    idempotency: clinic.key(),
  });

test('[R008] a call books by the channel of the phone, keeps no number in clear, and its note is sealed', async () => {
  const session_id = await clinic.session({ numbers: 5, released: ['online'] });
  const { patient_id } = await clinic.person();
  const caller = '13912345678';
  const { appointment_id, caller_people, sign } = await call(
    patient_id,
    session_id,
    caller,
    '要轮椅',
  );
  assert.deepEqual([caller_people, sign], [1, false]);
  const visit = await clinic.ctx.db.one<{ channel: string; indexed: boolean }>(sql`
    select channel, phone_index is not null as indexed from booking.appointment where id = ${appointment_id}`);
  assert.deepEqual(visit, { channel: 'phone', indexed: true });
  const kept = await clinic.ctx.db.one<{ row: string; sealed_note: Buffer }>(sql`
    select row_to_json(c)::text as row, sealed_note from booking.phone_call c where appointment_id = ${appointment_id}`);
  assert.ok(!kept.row.includes(caller));
  assert.equal(clinic.ctx.fields.open(kept.sealed_note, note_context), '要轮椅');
  const asked = { hospital_id: clinic.hospital_id, patient_id, actor };
  assert.equal((await readNotes(clinic.ctx, asked))[0]?.note, '要轮椅');
  const { reads } = await clinic.ctx.db.one<{ reads: number }>(sql`
    select count(*)::int as reads from platform.event where name = 'booking.visits.read' and person_id = ${patient_id}`);
  assert.equal(reads, 1);
});

test('[R008] one number for many people is a sign that refuses nobody', async () => {
  const session_id = await clinic.session({
    numbers: 20,
    released: ['online'],
    period: 'afternoon',
  });
  const caller = '13987654321';
  for (let n = 1; n <= caller_people_sign + 1; n++) {
    const { patient_id } = await clinic.person();
    const taken = await call(patient_id, session_id, caller);
    assert.deepEqual([taken.caller_people, taken.sign], [n, n >= caller_people_sign]);
  }
  const callers = await listCallers(clinic.ctx, clinic.hospital_id);
  assert.deepEqual(
    callers.map(({ people, calls }) => [people, calls]),
    [[caller_people_sign + 1, caller_people_sign + 1]],
  );
  assert.match(callers[0]?.caller ?? '', /^[0-9A-F]{8}$/);
  const { told } = await clinic.ctx.db.one<{ told: number }>(sql`
    select count(*)::int as told from platform.event where name = 'booking.caller.noticed'`);
  assert.equal(told, 2);
});

test('[R005, R006] the report tells the share booked without staff, and of those seen who had booked', async () => {
  const { ctx, hospital_id } = clinic;
  const day = {
    service_date: '2026-11-24',
    period: 'afternoon' as const,
    service: 'other' as const,
  };
  const session_id = await clinic.session({ numbers: 6, released: ['online', 'on_site'], ...day });
  const web = async () => {
    const { patient_id } = await clinic.person();
    const account_id = await clinic.account(patient_id);
    return book(ctx, {
      asker: {
        ...{ actor: `account:${account_id}`, channel: 'web', account_id, device_key_id: null },
        ...{ payer_reference: null, phone_index: null },
      },
      ...{ session_id, slot_id: null, patient_id, idempotency: clinic.key() },
    });
  };
  const before = await channelReport(ctx, { hospital_id, from: '2026-11-24', to: '2026-11-24' });
  const { appointment_id } = await web();
  await web();
  await step(ctx, 'checkIn', { appointment_id, actor, hospital_id, idempotency: clinic.key() });
  const report = await channelReport(ctx, { hospital_id, from: '2026-11-24', to: '2026-11-24' });
  assert.deepEqual(
    [report.bookings - before.bookings, report.not_by_hand - before.not_by_hand],
    [2, 2],
  );
  assert.equal(
    report.not_by_hand_per_mille,
    Math.round((report.not_by_hand / report.bookings) * 1000),
  );
  assert.deepEqual([report.seen, report.booked, report.booked_per_mille], [1, 1, 1000]);
  const past = await channelReport(ctx, { hospital_id, from: '2026-01-01', to: '2026-01-02' });
  assert.deepEqual(
    [past.bookings, past.not_by_hand_per_mille, past.booked_per_mille],
    [0, null, null],
  );
  assert.ok(isByHand({ channel: 'draw', without_account: true }));
  assert.ok(!isByHand({ channel: 'kiosk', without_account: true }));
});

test('[R008] the hospital’s limit for a phone counts the caller, and the window then still books', async () => {
  const { hospital_id } = clinic;
  await writeRules(clinic.ctx, {
    hospital_id,
    actor,
    base_version: 0,
    effective_from: '2026-11-24',
    reason: '电话每号每日两个',
    rules: {
      ...plain_rules,
      limits: [
        {
          code: 'phone-two',
          counts: 'active_bookings',
          window: 'service_day',
          per: 'phone',
          within: 'hospital',
          max: 2,
          channels: ['phone'],
        },
      ],
    },
  });
  const day = { numbers: 9, released: ['online' as const], service_date: '2026-11-26' };
  const session_id = await clinic.session(day);
  const caller = '13700000001';
  for (let n = 0; n < 2; n++) await call((await clinic.person()).patient_id, session_id, caller);
  const { patient_id } = await clinic.person();
  await assert.rejects(
    call(patient_id, session_id, caller),
    (error) => error instanceof Problem && error.kind.code === 'booking/limit-reached',
  );
  const by = { hospital_id, actor, session_id, slot_id: null, patient_id };
  await bookByStaff(clinic.ctx, { ...by, channel: 'window', idempotency: clinic.key() });
});
