import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { default_rhythm } from '../../src/release/index.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { changePlan } from '../../src/release/index.ts';
import { createHospital, getHospital, runImport } from '../../src/schedule/index.ts';
import { createStaff } from '../../src/identity/index.ts';
import { visitor, world } from '../support/world.ts';

// Real drand quicknet round 1000, published on 2023-08-23 at 15:59:24 UTC.
const vector = JSON.parse(
  readFileSync(new URL('../fixtures/sealed-draw-kat.json', import.meta.url), 'utf8'),
) as { beaconSignature: string; randomness: string };

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('drand flow', new Date('2023-08-20T00:00:00Z'), { DEMO: '0' });
});
after(() => here.stop());

const clinic_day = '2023-08-26';
/** Seals at 23:45 in Shanghai on D−3, so that the first round at or after +864 s is round 1000. */
const rhythm = {
  ...default_rhythm,
  close: { days_before: 3, time: '23:40' },
  seal_by: { days_before: 3, time: '23:45' },
  offset_s: 864,
  margin_s: 300,
  confirm_by: { days_before: 2, time: '12:00' },
} as typeof default_rhythm;

async function importRows(
  hospital_id: string,
  kind: 'departments' | 'doctors' | 'sessions',
  rows: string[],
) {
  const report = await runImport(here.ctx, {
    hospital_id,
    kind,
    file_name: `${kind}.csv`,
    file: Buffer.from(rows.join('\n')),
    dry_run: false,
    staff_id: null,
  });
  assert.ok(report.committed, JSON.stringify(report.errors));
}

async function hospitalWithDraw(): Promise<string> {
  const { hospital_id } = await createHospital(here.ctx, {
    code: 'h1',
    name: '演示医院',
    actor: 'test',
  });
  await importRows(hospital_id, 'departments', [
    '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
    'EYE,眼科,E,东院区,10,3楼',
  ]);
  await importRows(hospital_id, 'doctors', [
    '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
    'D1,林知远,主任医师,EYE,近视,EYE-L,林知远主任门诊,主任,0,100,',
    'D2,周一鸣,主治医师,EYE,常见病,EYE-O,眼科普通门诊,普通,0,50,',
  ]);
  await importRows(hospital_id, 'sessions', [
    '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数,复诊预留,诊间预留',
    `EYE-L,${clinic_day},上午,08:00,12:00,301,5,0,0`,
    'EYE-O,2023-08-21,上午,08:00,12:00,302,30,0,0',
  ]);
  const { services } = await getHospital(here.ctx, { hospital_id });
  const expert = services.find((service) => service.code === 'EYE-L');
  await here.ctx.outbox.drain();
  await changePlan(here.ctx, {
    hospital_id,
    healthcare_service_id: expert?.id ?? '',
    actor: 'test',
    draft: {
      method: 'draw',
      effective_from: '2023-08-20',
      advance_days: 7,
      release_time: '08:00',
      same_day_share: 0,
      same_day_time: '07:00',
      on_site_share: 0.1,
      on_site_time: '07:00',
      draw_group: 'EYE',
      draw_rhythm: rhythm,
    },
  });
  return hospital_id;
}

const to = (instant: string) => async () => {
  here.clock.set(new Date(instant));
  await here.settle();
};

test('a draw in days waits for real drand round 1000, which a person pastes, and verifies', async () => {
  const hospital_id = await hospitalWithDraw();
  await createStaff(here.ctx, {
    hospital_id,
    username: 'manager',
    display_name: '门诊办',
    password: 'a long pass phrase 1',
    roles: ['registration_manager'],
    actor: 'test',
  });
  const signIn = async () => {
    const someone = visitor(here.app);
    await someone.post('/api/staff/sign-in', {
      username: 'manager',
      password: 'a long pass phrase 1',
    });
    return someone;
  };
  await to('2023-08-22T00:00:00Z')(); // D−4 08:00: the manifest
  const manager = await signIn();
  const [draw] = (await manager.get('/api/staff/draws')).draws;
  assert.equal(draw.state, 'open');
  assert.equal(draw.round, 1000);
  assert.deepEqual([draw.beacon.kind, draw.beacon.independent], ['drand', true]);
  const adults = Array.from({ length: 30 }, (_, n) => here.ctx.population.syntheticPerson(n + 50))
    .filter((person) => person.birthDate < '2005')
    .slice(0, 7);
  for (const person of adults) {
    const { patient_id } = await manager.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    await manager.post(`/api/staff/draws/${draw.draw_id}/entries`, {
      patient_id,
      preferences: [draw.sessions[0].session_id],
    });
  }
  await to('2023-08-23T15:40:00Z')(); // closed and sealed, in the log well before the round
  await to('2023-08-23T16:05:00Z')(); // the round's time has passed; nobody has brought it yet
  const waiting = await (await signIn()).get(`/api/draws/${draw.draw_id}`);
  assert.equal(waiting.state, 'sealed', 'it waits for the same round, whose value cannot change');

  const brings = await signIn();
  const forged = vector.beaconSignature.replace(/^../, 'b5');
  const refused = await brings.send('POST', '/api/staff/beacon-rounds', {
    round: 1000,
    signature: forged,
  });
  assert.equal(refused.body.code, 'release/round-refused');
  await brings.post('/api/staff/beacon-rounds', {
    round: 1000,
    signature: ` ${vector.beaconSignature.toUpperCase()} `,
  });
  await here.settle();
  const drawn = await brings.get(`/api/draws/${draw.draw_id}`);
  assert.equal(drawn.state, 'drawn');
  assert.equal(drawn.beacon.signature, vector.beaconSignature);

  const zip = await brings.send('GET', `/api/draws/${draw.draw_id}/bundle.zip`);
  assert.equal(zip.raw.subarray(0, 2).toString(), 'PK');
  const files = new Map<string, Uint8Array>();
  for (const path of [
    'manifest.json',
    'published.json',
    'pool.jsonl',
    'void.jsonl',
    'seal.json',
    'beacon.json',
    'ranking.jsonl',
    'allocation.jsonl',
    'counts.json',
    'log.jsonl',
    'verify.html',
  ])
    files.set(path, (await brings.send('GET', `/api/draws/${draw.draw_id}/bundle/${path}`)).raw);
  const checks = verifyBundle(files, {});
  assert.deepEqual(
    checks.filter((check) => check.status === 'fail'),
    [],
  );
});

test('the demo’s pages and the demo beacon do not exist outside the demo', async () => {
  const anyone = visitor(here.app);
  for (const url of ['/api/demo', '/api/demo/outbox'])
    assert.equal((await anyone.send('GET', url)).status, 404, url);
  const manifests = await here.ctx.db.many<{ manifest: string }>(
    sql`select manifest from release.draw`,
  );
  for (const { manifest } of manifests) assert.equal(JSON.parse(manifest).beacon.kind, 'drand');
});
