import assert from 'node:assert/strict';
import { totpCode } from '../../src/identity/staff-security/totp.ts';
import { createStaff } from '../../src/identity/index.ts';
import { changePlan, default_rhythm } from '../../src/release/index.ts';
import { createHospital, getHospital, runImport } from '../../src/schedule/index.ts';
import { visitor, type Visitor, type world } from './world.ts';

type Here = Awaited<ReturnType<typeof world>>;

async function importRows(
  here: Here,
  input: { hospital_id: string; kind: 'departments' | 'doctors' | 'sessions'; rows: string[] },
): Promise<void> {
  const report = await runImport(here.ctx, {
    hospital_id: input.hospital_id,
    kind: input.kind,
    file_name: `${input.kind}.csv`,
    file: Buffer.from(input.rows.join('\n')),
    dry_run: false,
    staff_id: null,
  });
  assert.ok(report.committed, JSON.stringify(report.errors));
}

/**
 * A hospital without the demo: an eye clinic of five numbers on `clinic_day`, drawn by `rhythm`, and an
 * ordinary clinic on `other_day` that is not.
 */
export async function drawnClinic(
  here: Here,
  days: { clinic_day: string; other_day: string; rhythm: typeof default_rhythm },
): Promise<{ hospital_id: string }> {
  const { hospital_id } = await createHospital(here.ctx, {
    code: 'h1',
    name: '演示医院',
    actor: 'test',
  });
  const load = (kind: 'departments' | 'doctors' | 'sessions', rows: string[]) =>
    importRows(here, { hospital_id, kind, rows });
  await load('departments', [
    '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
    'EYE,眼科,E,东院区,10,3楼',
  ]);
  await load('doctors', [
    '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
    'D1,林知远,主任医师,EYE,近视,EYE-L,林知远主任门诊,主任,0,100,',
    'D2,周一鸣,主治医师,EYE,常见病,EYE-O,眼科普通门诊,普通,0,50,',
  ]);
  await load('sessions', [
    '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数,复诊预留,诊间预留',
    `EYE-L,${days.clinic_day},上午,08:00,12:00,301,5,0,0`,
    `EYE-O,${days.other_day},上午,08:00,12:00,302,30,0,0`,
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
      draw_rhythm: days.rhythm,
    },
  });
  await createStaff(here.ctx, {
    hospital_id,
    username: 'manager',
    display_name: '门诊办',
    password: 'a long pass phrase 1',
    roles: ['registration_manager'],
    actor: 'test',
  });
  return { hospital_id };
}

/** The clinic's manager, signed in anew: sessions do not outlive the days such a test skips. */
export async function managerAt(here: Here): Promise<Visitor> {
  return staffInside(here, 'manager', 'a long pass phrase 1');
}

const recoveryCodes = new WeakMap<Here, Map<string, string[]>>();

/**
 * The next recovery code of a member of staff who enrolled here: unlike a code of the phone it does not
 * ask for another half minute, and the tests' clock stands still.
 */
export function recoveryCodeOf(here: Here, username: string): string {
  const code = recoveryCodes.get(here)?.get(username)?.pop();
  if (code === undefined) throw new Error(`${username} has no recovery code left`);
  return code;
}

/** A member of staff signed in outside the demo: the second factor is enrolled at the first time. */
export async function staffInside(
  here: Here,
  username: string,
  password: string,
): Promise<Visitor> {
  const someone = visitor(here.app);
  const begun = await someone.post('/api/staff/sign-in', { username, password });
  const { step, ticket } = begun;
  if (step === 'code') {
    const code = recoveryCodeOf(here, username);
    await someone.post('/api/staff/sign-in/code', { ticket, code });
  }
  if (step === 'enrol') {
    const { secret } = await someone.post('/api/staff/sign-in/enrol', { ticket });
    const code = totpCode(secret, here.clock.now());
    const done = await someone.post('/api/staff/sign-in/enrol/confirm', { ticket, code });
    const known = recoveryCodes.get(here) ?? new Map<string, string[]>();
    recoveryCodes.set(here, known.set(username, done.recovery_codes));
  }
  return someone;
}

/** Registers so many adults at the window for the draw's first session. */
export async function enterAdults(
  here: Here,
  manager: Visitor,
  draw: { draw_id: string; sessions: { session_id: string }[] },
  count = 7,
): Promise<void> {
  const adults = Array.from({ length: 30 }, (_, n) => here.ctx.population.syntheticPerson(n + 50))
    .filter((person) => person.birthDate < '2005')
    .slice(0, count);
  for (const person of adults) {
    const { patient_id } = await manager.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    await manager.post(`/api/staff/draws/${draw.draw_id}/entries`, {
      patient_id,
      preferences: [draw.sessions[0]?.session_id],
    });
  }
}

/** The draw's bundle as an outsider's verifier reads it. */
export async function bundleOf(
  someone: Visitor,
  draw_id: string,
): Promise<Map<string, Uint8Array>> {
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
    files.set(path, (await someone.send('GET', `/api/draws/${draw_id}/bundle/${path}`)).raw);
  return files;
}
