import { setTimeout as sleep } from 'node:timers/promises';
import { demo_password } from '../../src/identity/index.ts';
import type { Population } from '../../src/identity/sandbox/index.ts';
import { addDays, shanghaiDate } from '../../src/platform/clock.ts';
import { cookieOf, send, type Request, type Sender } from './sender.ts';
import type { StormOrder } from './storm.ts';

/** How large the hospital of the storm is. */
export type Size = { patients: number; accounts: number; numbers: number; scarce: number };

const json = { 'content-type': 'application/json', 'x-requested-with': 'zhenghao' };
const days_ahead = [1, 2, 3, 4, 5, 6];
const account_patients = 5;
/** The demo's own sessions are smaller than this. */
const large = 100;

/** Like `send`, but a reply that is not a success ends the set-up with its words. */
async function must<Body>(url: string, sender: Sender, request: Request): Promise<Body> {
  const key = request.method === 'POST' ? crypto.randomUUID() : undefined;
  const { status, body } = await send(url, sender, { ...request, ...(key ? { key } : {}) });
  if (status !== 200)
    throw new Error(`${request.path} answered ${status}: ${JSON.stringify(body)}`);
  return body as Body;
}

async function signIn(url: string, path: string, body: object): Promise<Sender> {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
  const { request_key } = (await reply.json()) as { request_key?: Sender['key'] };
  return { cookie: cookieOf(reply), key: request_key };
}

/** Sessions of the demo's general practice: the first is scarce and sells out, the others are large. */
async function makeSessions(url: string, size: Size): Promise<string[]> {
  const manager = await signIn(url, '/api/staff/sign-in', {
    ...{ username: 'manager', password: demo_password },
  });
  const today = shanghaiDate(new Date());
  const rows = days_ahead.map((ahead, at) => {
    const numbers = at === 0 ? size.scarce : size.numbers;
    return `GP-ORD,${addDays(today, ahead)},下午,13:30,17:30,${numbers}`;
  });
  const form = new FormData();
  const csv = ['门诊代码,出诊日期,午别,开始时间,结束时间,号源总数', ...rows].join('\n');
  form.set('file', new Blob([csv]), 'storm.csv');
  const reply = await fetch(`${url}/api/staff/imports/sessions?dry_run=false`, {
    method: 'POST',
    headers: {
      ...{ cookie: manager.cookie, 'x-requested-with': 'zhenghao' },
      'idempotency-key': 'storm-import',
    },
    body: form,
  });
  const text = await reply.text();
  if (!reply.ok || !(JSON.parse(text) as { committed: boolean }).committed)
    throw new Error(`the sessions were not imported: ${text}`);
  const path = `/api/staff/supply?from=${addDays(today, 1)}&to=${addDays(today, 6)}`;
  for (let tries = 0; tries < 300; tries++) {
    const { sessions } = await must<{
      sessions: { session_id: string; total: number; free: number }[];
    }>(url, manager, { method: 'GET', path });
    const open = sessions.filter((one) => one.total >= large && one.free > 0);
    if (open.length === days_ahead.length) return open.map((one) => one.session_id);
    await sleep(50);
  }
  throw new Error('the sessions were not released');
}

async function register(url: string, clerk: Sender, count: number): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const at = next++;
      const body = { name: '风暴', document_type: 'other', document_number: `STORM-${at}` };
      const made = await must<{ patient_id: string }>(url, clerk, {
        ...{ method: 'POST', path: '/api/staff/patients', body },
      });
      ids[at] = made.patient_id;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return ids;
}

/** An account signs in through the demo's outbox and adds its patients, whom the sandbox knows. */
async function openAccount(
  url: string,
  population: Population,
  clerk: Sender,
  n: number,
): Promise<StormOrder['accounts'][number]> {
  const first = 1000 + 50 * n;
  const { phone } = population.syntheticPerson(first);
  const nobody: Sender = { cookie: '' };
  await must(url, nobody, { method: 'POST', path: '/api/sign-in/code', body: { phone } });
  const { messages } = await must<{ messages: { to: string; text: string }[] }>(url, nobody, {
    ...{ method: 'GET', path: '/api/demo/outbox' },
  });
  const code = messages.find((one) => one.to === phone)?.text.match(/\d{6}/)?.[0];
  const account = await signIn(url, '/api/sign-in', { phone, code });
  const { account_id } = await must<{ account_id: string }>(url, account, {
    ...{ method: 'GET', path: '/api/me' },
  });
  const patients: string[] = [];
  for (let at = first; patients.length < account_patients; at++) {
    const { name, birthDate, documentNumber } = population.syntheticPerson(at);
    if (birthDate > '2000-01-01') continue;
    const body = {
      ...{ name, document_type: 'resident_id', document_number: documentNumber },
      relation: 'other',
      consents: ['health_data', 'proxy', 'draw_pool'].map((purpose) => ({ purpose, version: 1 })),
    };
    const added = await must<{ patient_id: string }>(url, account, {
      ...{ method: 'POST', path: '/api/patients', body },
    });
    // Each of them agrees once, at the window.
    await must(url, clerk, {
      ...{ method: 'POST', body: { accept: true } },
      path: `/api/staff/patients/${added.patient_id}/links/${account_id}`,
    });
    patients.push(added.patient_id);
  }
  return { sender: account, patients };
}

type PublicDraw = { draw_id: string; state: string; sessions: { session_id: string }[] };

async function openDraws(url: string, hospital_id: string): Promise<StormOrder['draws']> {
  const { draws } = await must<{ draws: PublicDraw[] }>(
    url,
    { cookie: '' },
    { method: 'GET', path: `/api/draws?hospital_id=${hospital_id}` },
  );
  return draws
    .filter((draw) => draw.state === 'open')
    .map(({ draw_id, sessions }) => ({
      draw_id,
      session_ids: sessions.map((one) => one.session_id),
    }));
}

/** Prepares a hospital for the storm through the product's own interface. */
export async function setUp(
  url: string,
  population: Population,
  size: Size,
): Promise<Pick<StormOrder, 'clerk' | 'sessions' | 'patients' | 'accounts' | 'draws'>> {
  const sessions = await makeSessions(url, size);
  const clerk = await signIn(url, '/api/staff/sign-in', {
    ...{ username: 'clerk', password: demo_password },
  });
  const patients = await register(url, clerk, size.patients);
  const accounts: StormOrder['accounts'] = [];
  for (let n = 0; n < size.accounts; n++)
    accounts.push(await openAccount(url, population, clerk, n));
  const { hospitals } = await must<{ hospitals: { id: string }[] }>(
    url,
    { cookie: '' },
    { method: 'GET', path: '/api/hospitals' },
  );
  const [hospital] = hospitals;
  const draws = hospital ? await openDraws(url, hospital.id) : [];
  if (draws.length === 0) throw new Error('no draw is open');
  return { clerk, sessions, patients, accounts, draws };
}
