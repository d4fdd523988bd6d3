import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom, type Random } from '../../src/platform/random.ts';
import { openRecord, type ActName, type Answer, type Asked } from './record.ts';
import {
  askUntilAnswered,
  nothing_yet,
  sendUntilAnswered,
  type Desk,
  type Request,
  type Sender,
  type Tally,
} from './sender.ts';

/** What the storm asks for: run as a process of its own with the path of a file holding this. */
export type StormOrder = {
  seed: string;
  /** Holds the server's address, written anew at each restart. */
  url_file: string;
  record_file: string;
  clerk: Sender;
  sessions: string[];
  patients: string[];
  accounts: { sender: Sender; patients: string[] }[];
  draws: { draw_id: string; session_ids: string[] }[];
  window_workers: number;
  /** The longest pause of a worker at the window between two people. */
  window_pause_ms_max: number;
  /** Longer: all accounts come from one network, and a crowd in it is asked for proofs of work. */
  home_pause_ms_max: number;
};

type Visit = { appointment_id: string; patient_id: string; cancelled: boolean };
type Sent = { asked: Asked & Request; sender: Sender };

/** The state of one worker, who does one thing after the other. */
type Worker = {
  desk: Desk;
  random: Random;
  sender: Sender;
  /** Of the window `/api/staff/appointments`, of an account `/api/appointments`. */
  base: string;
  visits: Visit[];
  sent: Sent[];
  key(act: ActName): string;
};

const oneIn = (random: Random, many: number): boolean => random.below(many) === 0;
const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[random.below(Math.max(1, items.length))];
const hex = (random: Random): string => Buffer.from(random.bytes(32)).toString('hex');

async function ask(worker: Worker, asked: Asked & Request): Promise<Answer | undefined> {
  const { key, act, patient_id, subject } = asked;
  await worker.desk.append({ line: 'asked', key, act, patient_id, subject });
  worker.desk.tally.asked++;
  const answer = await askUntilAnswered(worker.desk, worker.sender, asked);
  if (answer?.status === 200) worker.desk.tally.acknowledged++;
  else if (answer) worker.desk.tally.refused++;
  if (answer && isKept(asked.act, answer)) worker.sent.push({ asked, sender: worker.sender });
  return answer;
}

/**
 * Bookings keep refusals too, but not those of the gate, which never reached them. An entry keeps its
 * receipt, and what was refused may be tried anew. To withdraw twice changes nothing, but once the
 * draw has closed it is refused.
 */
function isKept(act: ActName, answer: Answer): boolean {
  if (act === 'withdraw' || answer.code?.startsWith('gate/')) return false;
  return act !== 'enter' || answer.status === 200;
}

/** A repetition under a key that has its answer already: the sweep compares the two. */
async function askAgain(worker: Worker): Promise<void> {
  const sent = pick(worker.random, worker.sent);
  if (!sent) return;
  await askUntilAnswered(worker.desk, sent.sender, sent.asked);
  worker.desk.tally.repeated++;
}

async function take(
  worker: Worker,
  act: 'book' | 'hold',
  at: { session_id: string; patient_id: string },
) {
  const answer = await ask(worker, {
    key: worker.key(act),
    act,
    patient_id: at.patient_id,
    subject: at.session_id,
    ...{ method: 'POST', path: worker.base, body: at },
    ...(act === 'hold' ? { headers: await stepTowards(worker, at) } : {}),
  });
  if (answer?.appointment_id === undefined) return undefined;
  const visit: Visit = {
    appointment_id: answer.appointment_id,
    patient_id: at.patient_id,
    cancelled: false,
  };
  worker.visits.push(visit);
  return visit;
}

/** The one-time step that the page asks for while the person is choosing. */
async function stepTowards(worker: Worker, body: object): Promise<Record<string, string>> {
  const { desk, sender } = worker;
  const asked = { method: 'POST', path: '/api/steps', body } as const;
  const reply = await sendUntilAnswered(desk, sender, asked);
  const step = reply?.body['step'];
  return typeof step === 'string' ? { 'x-booking-step': step } : {};
}

function stepOf(worker: Worker, act: 'confirm' | 'cancel' | 'restore', visit: Visit) {
  return ask(worker, {
    key: worker.key(act),
    act,
    patient_id: visit.patient_id,
    subject: visit.appointment_id,
    method: 'POST',
    path: `${worker.base}/${visit.appointment_id}/${act}`,
    body: act === 'cancel' || worker.base.includes('staff') ? { reason: 'storm' } : undefined,
  });
}

/** Gives a visit back, or takes it again. */
async function turn(worker: Worker, visit: Visit | undefined): Promise<void> {
  if (!visit) return;
  const answer = await stepOf(worker, visit.cancelled ? 'restore' : 'cancel', visit);
  if (answer?.status === 200) visit.cancelled = !visit.cancelled;
  // Whoever cannot have it back leaves it.
  else worker.visits = worker.visits.filter((one) => one !== visit);
}

/** At the window: books one person after the other, now and then gives back, takes back, repeats. */
async function workAtWindow(
  worker: Worker,
  next: () => { session_id: string; patient_id: string } | undefined,
): Promise<void> {
  const { random } = worker;
  const at = next();
  const visit = at ? await take(worker, 'book', at) : pick(random, worker.visits);
  if (!at || oneIn(random, 4)) await turn(worker, visit);
  if (oneIn(random, 6)) await turn(worker, pick(random, worker.visits));
  if (oneIn(random, 5)) await askAgain(worker);
}

type Entry = { e: string; patient_id: string; draw_id: string; secret: string };
type Household = Worker & { patients: string[]; draws: StormOrder['draws']; entries: Entry[] };

/** An account: holds and confirms, enters draws and withdraws, for its own patients. */
async function workAtHome(worker: Household, sessions: string[]): Promise<void> {
  const { random } = worker;
  const patient_id = pick(random, worker.patients) as string;
  if (oneIn(random, 2)) await enter(worker, patient_id);
  else {
    const visit = await take(worker, 'hold', {
      session_id: pick(random, sessions) as string,
      patient_id,
    });
    if (visit && !oneIn(random, 5)) await stepOf(worker, 'confirm', visit);
  }
  if (oneIn(random, 3)) await turn(worker, pick(random, worker.visits));
  if (oneIn(random, 3)) await withdraw(worker, pick(random, worker.entries));
  if (oneIn(random, 4)) await askAgain(worker);
}

async function enter(worker: Household, patient_id: string): Promise<void> {
  const { random } = worker;
  const draw = pick(random, worker.draws);
  if (!draw) return;
  const secret = hex(random);
  const secret_hash = createHash('sha256').update(Buffer.from(secret, 'hex')).digest('hex');
  const body = {
    ...{ patient_id, preferences: draw.session_ids, notice_days: 0 },
    ...{ nonce: hex(random), secret_hash },
  };
  const path = `/api/draws/${draw.draw_id}/entries`;
  const asked: Asked & Request = {
    key: worker.key('enter'),
    ...{ act: 'enter', patient_id, subject: draw.draw_id, method: 'POST', path, body },
  };
  let answer = await ask(worker, asked);
  if (answer?.code === 'release/draw-not-open')
    worker.draws = worker.draws.filter((one) => one !== draw);
  if (answer?.code === 'release/already-registered')
    answer = await lookUp(worker, asked, secret_hash);
  if (answer?.e !== undefined)
    worker.entries.push({ e: answer.e, patient_id, draw_id: draw.draw_id, secret });
}

type ListedEntry = { draw_id: string; e: string; receipt: Answer['receipt'] & object };

/** The answer of an entry may be lost though it was written; the list then shows it with its receipt. */
async function lookUp(
  worker: Household,
  asked: Asked,
  secret_hash: string,
): Promise<Answer | undefined> {
  const { desk, sender } = worker;
  const reply = await sendUntilAnswered(desk, sender, { method: 'GET', path: '/api/entries' });
  const entries = (reply?.body['entries'] ?? []) as ListedEntry[];
  const listed = entries.find(
    (one) => one.draw_id === asked.subject && one.receipt.v === secret_hash,
  );
  if (!listed) return undefined;
  const { e, receipt } = listed;
  const answer: Answer = { status: 200, e, receipt, looked_up: true };
  await desk.append({ line: 'answered', key: asked.key, ...answer });
  return answer;
}

async function withdraw(worker: Household, entry: Entry | undefined): Promise<void> {
  if (!entry) return;
  await ask(worker, {
    key: worker.key('withdraw'),
    ...{ act: 'withdraw', patient_id: entry.patient_id, subject: entry.e, method: 'POST' },
    ...{ path: `/api/entries/${entry.e}/withdraw`, body: { secret: entry.secret } },
  });
  worker.entries = worker.entries.filter((one) => one !== entry);
}

/** Asks until its standard input ends, then finishes what is under way and repeats some keys. */
async function storm(order: StormOrder): Promise<void> {
  const record = await openRecord(order.record_file);
  const tally: Tally = { ...nothing_yet };
  const desk: Desk = { url_file: order.url_file, append: record.append, tally };
  let over = false;
  process.stdin.on('end', () => (over = true)).resume();
  const tell = (): void => void writeSync(1, `${JSON.stringify(tally)}\n`);
  const telling = setInterval(tell, 250);
  let keys = 0;
  const worker = (name: string, sender: Sender, base: string): Worker => ({
    desk,
    random: seededRandom(`${order.seed} ${name}`),
    ...{ sender, base, visits: [], sent: [] },
    key: (act) => `storm-${order.seed}-${++keys}-${act}`,
  });
  let pair = 0;
  const next = (): { session_id: string; patient_id: string } | undefined => {
    const at = pair++;
    const patient_id = order.patients[Math.floor(at / order.sessions.length)];
    const session_id = order.sessions[at % order.sessions.length];
    return patient_id === undefined || session_id === undefined
      ? undefined
      : { session_id, patient_id };
  };
  const run = async (who: Worker, pause_ms: number, work: () => Promise<void>): Promise<void> => {
    while (!over) {
      await work();
      await sleep(who.random.below(pause_ms + 1));
    }
    for (let repeats = 0; repeats < 3; repeats++) await askAgain(who);
  };
  const windows = Array.from({ length: order.window_workers }, (_, n) =>
    worker(`window ${n}`, order.clerk, '/api/staff/appointments'),
  );
  const homes = order.accounts.map(({ sender, patients }, n): Household => ({
    ...worker(`home ${n}`, sender, '/api/appointments'),
    ...{ patients, draws: order.draws, entries: [] },
  }));
  await Promise.all([
    ...windows.map((who) => run(who, order.window_pause_ms_max, () => workAtWindow(who, next))),
    ...homes.map((who) => run(who, order.home_pause_ms_max, () => workAtHome(who, order.sessions))),
  ]);
  clearInterval(telling);
  await record.close();
  tell();
}

if (import.meta.main)
  await storm(JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as StormOrder);
