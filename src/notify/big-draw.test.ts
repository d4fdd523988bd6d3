import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { notifyWorld, type NotifyWorld } from '../../test/support/notify.ts';
import { sql } from '../platform/sql.ts';
import { sendMessages } from './send.ts';

let here: NotifyWorld;
before(async () => {
  here = await notifyWorld('big draw');
});
after(() => here.stop());

const crowd = 3_000;
const chunk = 500;

/** A crowd of patients, each with an account of their own, and the result of a draw for each. */
async function crowdWithResults(session_id: string): Promise<void> {
  const { db, fields, clock } = here.ctx;
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  for (let start = 0; start < crowd; start += 1_500) {
    const rows = Array.from({ length: 1_500 }, (_, at) => {
      const phone = String(16_700_000_000 + start + at);
      return {
        name: hex(fields.seal('王小明', 'identity.patient.name')),
        phone: hex(fields.seal(phone, 'identity.account.phone')),
        index: hex(fields.blindIndex(phone, 'identity.phone')),
      };
    });
    await db.run(sql`
      with r as (
        select uuidv7() as patient_id, uuidv7() as account_id, decode(name, 'hex') as name,
          decode(phone, 'hex') as phone, decode(index, 'hex') as index
        from json_to_recordset(${JSON.stringify(rows)}) as r(name text, phone text, index text)
      ), patients as (
        insert into identity.patient (id, sealed_name, document_type, sealed_document_number,
          document_index, check_result, check_source, checked_at, created_at)
        select patient_id, name, 'resident_id', '', index, 'counter', 'test', ${clock.now()}, ${clock.now()} from r
      ), accounts as (
        insert into identity.account (id, sealed_phone, phone_index, created_at)
        select account_id, phone, index, ${clock.now()} from r
      ), links as (
        insert into identity.related_person (account_id, patient_id, relation, created_at)
        select account_id, patient_id, 'self', ${clock.now()} from r
      )
      insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
      select uuidv7(), ${here.hospital_id}, 'release.entry.placed', 'entry:' || patient_id, 1, patient_id,
        'system:release', jsonb_build_object('draw_id', patient_id, 'entry_id', 'e', 'appointment_id', patient_id,
        'session_id', ${session_id}::text, 'confirm_until', '2026-11-25T12:00:00.000Z', 'n', 0), ${clock.now()}
      from r`);
  }
  await db.run(sql`analyze`);
}

test('thousands of results are told in chunks, a handful of statements each', async (t) => {
  await crowdWithResults(await here.session({ numbers: 4 }));
  const { db } = here.ctx;
  const trips = db.roundTrips();
  const began = performance.now();
  await here.drain();
  const told_ms = performance.now() - began;
  const statements = db.roundTrips() - trips;
  const { notices, messages } = await db.one<{ notices: number; messages: number }>(sql`
    select (select count(*) from notify.notice) as notices,
      (select count(*) from notify.message where state = 'queued') as messages`);
  assert.deepEqual([notices, messages], [crowd, crowd]);
  // Begin, lock, cursor, read, six of ours (and the other subscription's polls), cursor, commit.
  assert.ok(statements <= (crowd / chunk + 2) * 12 + 20, `${statements} statements`);
  const sending = performance.now();
  let sent = 0;
  const sms = { send: () => Promise.resolve() };
  for (let round = 0; round < 10 && sent < crowd; round++)
    sent += await sendMessages({ ...here.ctx, sms });
  assert.equal(sent, crowd);
  const sent_ms = performance.now() - sending;
  t.diagnostic(
    `${crowd} results: told in ${Math.round(told_ms)} ms with ${statements} statements, sent in ${Math.round(sent_ms)} ms`,
  );
});
