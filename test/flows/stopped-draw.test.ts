import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { drawBundle } from '../../src/release/bundle.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { getDraw } from '../../src/release/store-draw.ts';
import {
  addPerson,
  entryBody,
  heldOf,
  openDraw,
  registerAtWindow,
  until,
} from '../support/draws.ts';
import { patientAt, staffAt, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('stopped draw');
});
after(() => here.stop());

test('[R016] a session stopped after its manifest is drawn as sealed; its people are displaced and hear what they may choose', async () => {
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const clerk = await staffAt(here.app, 'clerk');
  const manager = await staffAt(here.app, 'manager');
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  const [first, second] = draw.sessions as [string, string];
  const mine = await addPerson(here, mother, 7000, 'child');
  const entry = entryBody(mine, [first], { notice_days: 0 });
  await mother.post(`/api/draws/${draw.draw_id}/entries`, entry.body);
  for (let n = 0; n < 3; n++) await registerAtWindow(here, clerk, draw.draw_id, 7010 + n, [second]);
  await manager.post(`/api/staff/sessions/${first}/stop`, { reason: '医生因公外出' });
  await here.settle();
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);

  // The pool was sealed and ranked as it stood; the stopped place went to nobody.
  assert.equal((await heldOf(here, draw.draw_id)).length, 3);
  const row = await getDraw(here.ctx.db, draw.draw_id);
  assert.ok(row);
  const checks = verifyBundle(await drawBundle(here.ctx, row));
  assert.deepEqual(
    checks.filter((check) => check.status === 'fail'),
    [],
  );
  const kinds = await here.ctx.db.many<{ kind: string; entry_id: string | null }>(sql`
    select kind, entry_id from release.draw_log where draw_id = ${draw.draw_id} order by n`);
  assert.ok(kinds.some((one) => one.kind === 'stop' && one.entry_id !== null));

  // No later session of that doctor is unannounced in the demo, so the person waits for one.
  const { displaced } = await mother.get('/api/displaced');
  assert.equal(displaced.length, 1);
  assert.equal(displaced[0].state, 'waiting');
  const restrictions = await here.ctx.db.many<object>(sql`select from booking.restriction`);
  assert.equal(restrictions.length, 0, 'a stop never counts against anyone');
});

test('[R016] a displaced person is offered a direct number in the next session before its manifest is published', async () => {
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const waiting = await here.ctx.db.one<{ healthcare_service_id: string; session_id: string }>(sql`
    select healthcare_service_id, session_id from release.displaced where state = 'waiting'`);
  // A new session of the same doctor, a week on; its plan announces it at its own hour.
  const service = await here.ctx.db.one<{ code: string }>(sql`
    select code from schedule.service_view where id = ${waiting.healthcare_service_id}`);
  await addSession(service.code, '2026-12-10');
  await here.settle();
  const { displaced } = await mother.get('/api/displaced');
  assert.equal(displaced[0].state, 'offered');
  assert.equal(displaced[0].offer.service_date, '2026-12-10');
  const { appointment_id } = displaced[0].offer;
  await mother.post(`/api/appointments/${appointment_id}/confirm`);
  await here.settle();
  assert.equal((await mother.get('/api/displaced')).displaced[0].state, 'taken');
  // The number that was set aside is not in the manifest of that session's draw.
  const places = await here.ctx.db.many<{ slot_id: string }>(sql`
    select p.slot_id from release.draw_place p join booking.appointment a on a.slot_id = p.slot_id
    where a.id = ${appointment_id}`);
  assert.equal(places.length, 0);
});

async function addSession(code: string, day: string): Promise<void> {
  const manager = await staffAt(here.app, 'manager');
  const header =
    '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数,复诊预留,诊间预留,号源归属';
  const file = `${header}\n${code},${day},上午,08:00,12:00,眼科301,6,0,0,本平台\n`;
  const boundary = 'x-boundary';
  const payload = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="file"; filename="sessions.csv"',
    'Content-Type: text/csv',
    '',
    file,
    `--${boundary}--`,
    '',
  ].join('\r\n');
  const { cookie } = await manager.send('GET', '/api/staff/me');
  const reply = await here.app.inject({
    method: 'POST',
    url: '/api/staff/imports/sessions?dry_run=false',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'sec-fetch-site': 'same-origin',
      'idempotency-key': 'import-session',
      ...(cookie ? { cookie } : {}),
    },
    payload,
  });
  assert.equal(reply.json().committed, true, reply.body);
}
