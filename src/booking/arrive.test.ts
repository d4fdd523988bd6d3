import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../test/support/clinic.ts';
import type { App } from '../platform/http.ts';
import { sql } from '../platform/sql.ts';
import { plain_rules } from './limits/presets.ts';
import { writeRules } from './limits/write-rules.ts';
import { book } from './take.ts';

let world: ClinicWorld;
let app: App;
before(async () => {
  world = await clinicWorld('arrive');
  app = await world.app();
  await writeRules(world.ctx, {
    hospital_id: world.hospital_id,
    base_version: 0,
    effective_from: '2026-11-24',
    rules: {
      ...plain_rules,
      check_in: { morning: '11:30', afternoon: null, evening: null, late: 'end_of_half_day' },
      cancel_deadlines: [
        { levels: [], days_before: 1, time: '15:00', minutes_before: null, after: 'counts_as_late' }, // prettier-ignore
      ],
    },
    reason: '测试签到规则',
    actor: 'staff:office',
  });
});
after(async () => {
  await app.close();
  await world.stop();
});

const window = { actor: 'staff:clerk', channel: 'window', account_id: null, device_key_id: null, payer_reference: null, phone_index: null } as const; // prettier-ignore
const at = (instant: string) => world.ctx.clock.set(new Date(`2026-11-${instant}:00+08:00`));
const nurse = () =>
  signedIn({ staff_id: 'nurse', hospital_id: world.hospital_id, roles: ['registration_clerk', 'triage_nurse'] }); // prettier-ignore
let headers: ReturnType<typeof nurse>;

async function booked(session_id: string) {
  headers ??= nurse();
  const person = await world.person();
  const { appointment_id } = await book(world.ctx, { asker: window, session_id, slot_id: null, patient_id: person.patient_id, idempotency: world.key() }); // prettier-ignore
  const checkIn = async (late_reason?: string) => {
    const payload = { document_type: person.documentType, document_number: person.documentNumber, ...(late_reason ? { late_reason } : {}) }; // prettier-ignore
    const url = `/api/staff/appointments/${appointment_id}/check-in`;
    const reply = await app.inject({ method: 'POST', url, headers: headers(), payload });
    return reply.json() as { code?: string; detail?: string; status?: string; queue?: { place: number } }; // prettier-ignore
  };
  return { appointment_id, checkIn, ...person };
}

test('who checks in after the time of their number follows those in time, by a rule that says so', async () => {
  at('24T09:00');
  const session = await world.session({ numbers: 4, service_date: '2026-11-25', released: ['online'] }); // prettier-ignore
  const people = [];
  for (let n = 0; n < 3; n++) people.push(await booked(session));
  const [early, late, inTime] = people;
  // Numbers of a session of four hours are an hour each: 08:00, 09:00, 10:00, 11:00.
  at('25T08:10');
  assert.equal((await early?.checkIn())?.queue?.place, 1);
  at('25T10:20');
  assert.equal((await late?.checkIn())?.queue?.place, 2);
  assert.equal((await inTime?.checkIn())?.queue?.place, 2, 'whose time it is goes first');
  const desk = await app.inject({
    url: `/api/staff/desk?session_id=${session}`,
    headers: headers(),
  });
  const places = desk.json().visits.map((one: { appointment_id: string }) => one.appointment_id);
  assert.deepEqual(
    places.slice(0, 3),
    [early, inTime, late].map((one) => one?.appointment_id),
  );
});

test('after the hour the desk is asked, and may check in with a reason that is kept', async () => {
  at('24T09:00');
  const session = await world.session({ numbers: 4, service_date: '2026-11-26', released: ['online'] }); // prettier-ignore
  const one = await booked(session);
  at('26T11:40');
  const refused = await one.checkIn();
  assert.equal(refused.code, 'booking/check-in-late', JSON.stringify(refused));
  for (const word of ['11:30', '看得上', '改约']) assert.ok(refused.detail?.includes(word), word);
  const done = await Promise.all([one.checkIn('doctor_agrees'), one.checkIn('doctor_agrees')]);
  assert.ok(done.some(({ status }) => status === 'checked_in'));
  const notes = await world.ctx.db.many(sql`
    select l.reason, l.after_deadline, l.to_end, l.checked_in_by, e.payload ->> 'reason' as told
    from booking.late_check_in l join platform.event e on e.subject = 'late-check-in:' || l.appointment_id
    where l.appointment_id = ${one.appointment_id}`);
  assert.deepEqual(notes, [
    { reason: 'doctor_agrees', after_deadline: true, to_end: true, checked_in_by: 'staff:nurse', told: 'doctor_agrees' }, // prettier-ignore
  ]);
});

test('a visit tells until when it goes back for nothing, and from when that counts as late', async () => {
  at('24T09:00');
  const session = await world.session({ numbers: 4, service_date: '2026-11-27', released: ['online'] }); // prettier-ignore
  const { patient_id } = await booked(session);
  const mother = signedIn({ account_id: await world.account(patient_id) });
  const reply = await app.inject({ url: '/api/appointments', headers: mother() });
  const [visit] = reply.json().appointments;
  assert.equal(new Date(visit.late_from).toISOString(), '2026-11-26T07:00:00.000Z');
  assert.equal(visit.cancel_until, visit.late_from);
});
