/** The only source of time. Rules and verbs never read the machine's clock themselves. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is set; release mornings and replays run on it in seconds. */
export function manualClock(start: Date): Clock & { set(instant: Date): void } {
  let current = start.getTime();
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = instant.getTime();
    },
  };
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The clinic day (YYYY-MM-DD) of an instant. China has had one zone without summer time since 1991. */
export function shanghaiDate(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** The wall time HH:mm of an instant in Asia/Shanghai. */
export function shanghaiTime(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(11, 16);
}

/** The instant of a wall time (HH:mm or HH:mm:ss) on a clinic day in Asia/Shanghai. */
export function shanghaiInstant(date: string, time: string): Date {
  const seconds = time.length === 5 ? `${time}:00` : time;
  const instant = new Date(`${date}T${seconds}+08:00`);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`not a date and time: ${date} ${time}`);
  return instant;
}

/** `date` moved by whole days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
