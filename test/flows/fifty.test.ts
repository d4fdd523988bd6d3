import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Context } from '../../src/context.ts';
import { newId } from '../../src/platform/id.ts';
import { openDb } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';
import { runImport, listHospitals } from '../../src/schedule/index.ts';
import { patientAt, world, type Visitor } from '../support/world.ts';

const people = 50;
type Crowd = { who: Visitor; cookie: string; patient_id: string; agent: Agent }[];

/** A clinic day with two numbers: one on-site, one for everybody who asks online. */
async function lastNumber(here: Awaited<ReturnType<typeof world>>): Promise<string> {
  const [hospital] = await listHospitals(here.ctx);
  const report = await runImport(here.ctx, {
    hospital_id: hospital?.id ?? '',
    kind: 'sessions',
    file_name: 'one.csv',
    file: Buffer.from(
      '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数\nGP-ORD,2026-11-30,晚上,18:30,20:30,101,2',
    ),
    dry_run: false,
    staff_id: null,
  });
  assert.ok(report.committed, JSON.stringify(report.errors));
  await here.settle();
  const row = await here.ctx.db.one<{ session_id: string }>(sql`
    select s.session_id from booking.slot s where s.service_date = '2026-11-30'
      and s.starts_at >= '2026-11-30T10:00:00Z' and s.state = 'free' and s.pool = 'online'`);
  return row.session_id;
}

async function gather(here: Awaited<ReturnType<typeof world>>): Promise<Crowd> {
  const crowd: Crowd = [];
  for (let n = 0; n < people; n++) {
    const person = here.ctx.population.syntheticPerson(4000 + n);
    const someone = await patientAt(here.app, person.phone);
    const { patient_id } = await someone.post('/api/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
      relation: 'self',
    });
    const { cookie } = await someone.send('GET', '/api/me');
    crowd.push({
      who: someone,
      cookie: cookie ?? '',
      patient_id,
      agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    });
  }
  return crowd;
}

type Wish = { body: string; headers: Record<string, string> };

async function prepare(one: Crowd[number], session_id: string): Promise<Wish> {
  const body = { session_id, patient_id: one.patient_id, confirm: true };
  const headers = await one.who.headersFor('/api/appointments', body);
  return { body: JSON.stringify(body), headers };
}

function ask(port: number, one: Crowd[number], { body, headers }: Wish): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/appointments',
        agent: one.agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': `fifty-${one.patient_id}`,
          'sec-fetch-site': 'same-origin',
          cookie: one.cookie,
          ...headers,
        },
      },
      (reply) => {
        reply.resume();
        reply.on('end', () => resolve(reply.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Fifty patients, each over a connection of their own, ask at the same moment for one number. */
async function rush(
  here: Awaited<ReturnType<typeof world>>,
): Promise<{ won: number; sold: number }> {
  const session_id = await lastNumber(here);
  const crowd = await gather(here);
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = here.app.server.address() as AddressInfo;
  const wishes = await Promise.all(crowd.map((one) => prepare(one, session_id)));
  const codes = await Promise.all(crowd.map((one, n) => ask(port, one, wishes[n] as Wish)));
  crowd.forEach((one) => one.agent.destroy());
  const { sold } = await here.ctx.db.one<{ sold: number }>(sql`
    select count(*) as sold from booking.appointment where session_id = ${session_id} and status = 'booked'`);
  return { won: codes.filter((code) => code === 200).length, sold };
}

test('[R002] fifty patients over fifty connections for one number: exactly one gets it', async () => {
  const here = await world('fifty');
  assert.deepEqual(await rush(here), { won: 1, sold: 1 });
  await here.stop();
});

/** Booking as it must not be done: look, think, write; with the constraints taken away. */
function switchGuardOff(ctx: Context, url: string): void {
  const crowd = openDb(url, { connections_max: people });
  const close = ctx.db.close;
  ctx.db.close = async () => {
    await crowd.close();
    await close();
  };
  ctx.bookingHot.take.submit = async (wish) => {
    await crowd.run(sql`drop index if exists booking.appointment_slot`);
    const free = await crowd.maybe<{ id: string; hospital_id: string; service_date: string }>(sql`
      select id, hospital_id, service_date from booking.slot
      where session_id = ${wish.session_id} and state = 'free' and pool = 'online' limit 1`);
    await crowd.run(sql`select pg_sleep(1)`);
    if (!free) return { refusal: 'sold-out' };
    const appointment_id = newId(ctx);
    await crowd.run(
      sql`update booking.slot set state = 'booked', appointment_id = ${appointment_id} where id = ${free.id}`,
    );
    await crowd.run(sql`
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, created_at)
      values (${free.hospital_id}, ${appointment_id}, ${wish.session_id}, ${free.id}, ${free.service_date},
        ${wish.patient_id}, 1, 1, 'booked', 'web', 'test', now())`);
    return { appointment_id, slot_id: free.id, sequence: 1, status: 'booked' };
  };
}

test('control: with the guard switched off the same fifty patients oversell the number', async () => {
  const here = await world('fifty', undefined, {}, switchGuardOff);
  const { sold } = await rush(here);
  assert.ok(sold > 1, `the number was sold ${sold} times`);
  await here.stop();
});
