import type { Visit } from './types.ts';

// What a phone without a network still shows: one's own coming numbers as the hospital's system last
// told them, masked as they came. Nothing else is kept, and nothing beyond the sign-out.

const STORE = 'zh.kept';
const MAX_AGE_MS = 14 * 86_400_000;

/** The readings that are kept; everything else needs the network. */
const list_path = '/api/appointments';
const own_paths = ['/api/me', list_path];
const hospitals_path = '/api/hospitals';
/** One visit, and the page about it: where to go and what to bring. */
const visit_path = /^\/api\/appointments\/([^/?]+)(\/guide)?$/;
const coming = ['held', 'booked', 'checked_in', 'called'];

type Kept = Record<string, { at: number; answer: unknown }>;
type Connection = { offline: boolean; at: number | null };

let connection: Connection = { offline: false, at: null };
const watchers = new Set<() => void>();

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? '{}') as Kept;
    const now = Date.now();
    return Object.fromEntries(Object.entries(kept).filter(([, { at }]) => now - at < MAX_AGE_MS));
  } catch {
    return {}; // a browser that keeps nothing
  }
}

function write(kept: Kept): void {
  try {
    localStorage.setItem(STORE, JSON.stringify(kept));
  } catch {
    // then there is nothing without a network
  }
}

const isComing = ({ status }: Visit): boolean => coming.includes(status);
/** A place in line is worth nothing a minute later. */
const still = (visit: Visit): Visit => ({ ...visit, queue: null });

/** What is kept after an answer: the coming visits only, and what belongs to them. */
function keptWith(kept: Kept, path: string, answer: unknown): Kept {
  const now = { at: Date.now() };
  if (path === list_path) {
    const appointments = (answer as { appointments: Visit[] }).appointments.filter(isComing);
    const ids = new Set(appointments.map(({ appointment_id }) => appointment_id));
    const others = Object.entries(kept).filter(([one]) => {
      const id = visit_path.exec(one)?.[1];
      return id === undefined || ids.has(id);
    });
    const list = { ...now, answer: { appointments: appointments.map(still) } };
    return { ...Object.fromEntries(others), [path]: list };
  }
  if (!visit_path.test(path)) return { ...kept, [path]: { ...now, answer } };
  const { [path]: before, ...others } = kept;
  const guide = answer as { visit: Visit };
  if (!isComing(guide.visit)) return others;
  return { ...others, [path]: { ...now, answer: { ...guide, visit: still(guide.visit) } } };
}

function tell(next: Connection): void {
  if (next.offline === connection.offline && next.at === connection.at) return;
  connection = next;
  for (const watcher of watchers) watcher();
}

/** Takes note of an answer that has just come from the server. */
export function keepAnswer(path: string, answer: unknown, signedIn: boolean): void {
  tell({ offline: false, at: null });
  const isOwn = own_paths.includes(path) || visit_path.exec(path)?.[2] !== undefined;
  if (path === hospitals_path || (signedIn && isOwn)) write(keptWith(read(), path, answer));
}

/** What was last told at this path, when the server cannot be reached; undefined: nothing. */
export function keptAnswer(path: string): unknown {
  const kept = read();
  const list = kept[list_path];
  tell({ offline: true, at: list?.at ?? null });
  const [, id, guide] = visit_path.exec(path) ?? [];
  if (id === undefined || guide !== undefined) return kept[path]?.answer;
  const visits = (list?.answer as { appointments: Visit[] } | undefined)?.appointments;
  return visits?.find(({ appointment_id }) => appointment_id === id);
}

/** Nothing stays on the phone of whoever signs out. */
export function forgetAnswers(): void {
  const { [hospitals_path]: hospitals } = read();
  write(hospitals ? { [hospitals_path]: hospitals } : {});
}

/** Calls `watcher` whenever what `connectionNow` tells has changed, until the returned function is called. */
export function watchConnection(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Whether the server answers, and if not, from when the kept numbers are (ms; null: none are kept). */
export function connectionNow(): Connection {
  return connection;
}
