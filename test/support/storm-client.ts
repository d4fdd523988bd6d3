import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** What the storm asks for: run as a process of its own with the path of a file holding this. */
export type StormOrder = {
  url: string;
  username: string;
  password: string;
  sessions: string[];
  patients: number;
  workers: number;
  /** One line a request, written before it is sent. */
  asked_file: string;
  /** One line an answer, on the disk before it counts. */
  answered_file: string;
};

export type Asked = {
  key: string;
  path: string;
  body: Record<string, unknown>;
  patient_id: string;
};
export type Answered = { key: string; appointment_id: string; sequence: number; status: string };

/** Signs a staff member in and returns how their requests are sent. */
export async function staffClient(url: string, username: string, password: string) {
  const headers = { 'content-type': 'application/json', 'x-requested-with': 'zhenghao' };
  const signed = await fetch(`${url}/api/staff/sign-in`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ username, password }),
  });
  if (!signed.ok) throw new Error(`sign-in answered ${signed.status}: ${await signed.text()}`);
  const cookie = signed.headers.getSetCookie().map((one) => one.split(';')[0]);
  const own = { ...headers, cookie: cookie.join('; ') };
  return {
    cookie: own.cookie,
    post: (path: string, body: unknown, key: string = crypto.randomUUID()) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { ...own, 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      }),
  };
}

/** Appends lines that are on the disk when `append` returns. */
function durableFile(path: string): { append(line: object): void; close(): void } {
  const file = openSync(path, 'a');
  return {
    append: (line) => {
      writeSync(file, `${JSON.stringify(line)}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Books until the server is gone; every eighth booking is given back. */
async function storm(order: StormOrder): Promise<void> {
  const clerk = await staffClient(order.url, order.username, order.password);
  const patients = await register(clerk, order.patients);
  const asked = durableFile(order.asked_file);
  const answered = durableFile(order.answered_file);
  let next = 0;
  let isGone = false;
  const ask = async (request: Asked): Promise<Answered | undefined> => {
    asked.append(request);
    try {
      const reply = await clerk.post(request.path, request.body, request.key);
      const body = (await reply.json()) as Answered;
      if (!reply.ok) return undefined;
      const { appointment_id, sequence, status } = body;
      const answer = { key: request.key, appointment_id, sequence, status };
      answered.append(answer);
      return answer;
    } catch {
      isGone = true; // killed: whether this one was taken, the retry will say
      return undefined;
    }
  };
  const work = async (): Promise<void> => {
    while (!isGone && next < order.sessions.length * patients.length) {
      const n = next++;
      const session_id = order.sessions[n % order.sessions.length] as string;
      const patient_id = patients[Math.floor(n / order.sessions.length)] as string;
      const body = { session_id, patient_id };
      const key = `storm-book-${n}`;
      const taken = await ask({ key, path: '/api/staff/appointments', body, patient_id });
      if (!taken || n % 8 !== 0 || isGone) continue;
      const path = `/api/staff/appointments/${taken.appointment_id}/cancel`;
      await ask({ key: `storm-cancel-${n}`, path, body: { reason: 'storm' }, patient_id });
    }
  };
  console.log('storm');
  await Promise.all(Array.from({ length: order.workers }, work));
  asked.close();
  answered.close();
}

async function register(
  clerk: Awaited<ReturnType<typeof staffClient>>,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const at = next++;
      const person = { name: '风暴', document_type: 'other', document_number: `STORM-${at}` };
      const reply = await clerk.post('/api/staff/patients', person);
      if (!reply.ok) throw new Error(`registering answered ${reply.status}: ${await reply.text()}`);
      ids[at] = ((await reply.json()) as { patient_id: string }).patient_id;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return ids;
}

const [, script, order_file] = process.argv;
if (script && order_file && import.meta.url === pathToFileURL(script).href)
  await storm(JSON.parse(readFileSync(order_file, 'utf8')) as StormOrder);
