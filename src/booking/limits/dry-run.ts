import { compileLimits } from './compile.ts';
import { judge, type JudgedVisit, type PastVisit } from './judge.ts';
import type { Ladders, RuleSet, Rung } from './rule-set.ts';

export const age_groups = ['0-13', '14-59', '60+', 'unknown'] as const;
export type AgeGroup = (typeof age_groups)[number];
export type ByAge = Record<AgeGroup, number>;

export function ageGroup(age: number | null): AgeGroup {
  if (age === null) return 'unknown';
  return age < 14 ? '0-13' : age < 60 ? '14-59' : '60+';
}

/** One booking of history: who, how old, and what became of it. */
export type HistoryVisit = PastVisit & {
  age: number | null;
  no_show_at: Date | null;
  /** Given back after the deadline; a win that nobody confirmed. */
  late_cancel_at?: Date | null;
  unconfirmed_at?: Date | null;
};

/** Whom a rule would have hit: counts only, never names. */
export type Hit = { code: string; bookings: number; persons: number; ages: ByAge };
export type LadderHit = { kind: keyof Omit<Ladders, 'first_free_in_days'>; count: number; restrict_days: number; persons: number; ages: ByAge }; // prettier-ignore
export type DryRun = {
  bookings: number;
  persons: number;
  ages: ByAge;
  refused: number;
  refused_persons: number;
  rules: Hit[];
  ladders: LadderHit[];
};

/**
 * What a rule set would have done to bookings that were made, in the order in which they were made. A
 * booking that a rule refuses uses nothing afterwards; what the person would have done instead nobody
 * knows. Age groups count persons.
 */
export function dryRun(rules: RuleSet, history: readonly HistoryVisit[]): DryRun {
  const limits = compileLimits(rules);
  const past = new Map<string, PastVisit[]>();
  const hits = new Map<string, HistoryVisit[]>();
  const ordered = history.toSorted((a, b) => a.made_at.getTime() - b.made_at.getTime());
  const kept: HistoryVisit[] = [];
  for (const visit of ordered) {
    const names = namesOf(visit);
    const known = [...new Set(names.flatMap((name) => past.get(name) ?? []))];
    const refused = judge(limits, visit, known);
    if (refused) {
      add(hits, refused.code, visit);
      continue;
    }
    kept.push(visit);
    for (const name of names) add(past, name, visit);
  }
  const all = [...hits.values()].flat();
  return {
    bookings: ordered.length,
    ...personsOf(ordered),
    refused: all.length,
    refused_persons: personsOf(all).persons,
    rules: limits.flatMap(({ told: { code } }) => {
      const visits = hits.get(code);
      return visits ? [{ code, bookings: visits.length, ...personsOf(visits) }] : [];
    }),
    ladders: climbed(rules.ladders, kept),
  };
}

function namesOf(visit: JudgedVisit): string[] {
  const { patient, account, phone, device } = visit;
  const names = Object.entries({ patient, account, phone, device });
  return names.flatMap(([per, name]) => (name === null ? [] : [`${per} ${name}`]));
}

function add<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

function personsOf(visits: readonly HistoryVisit[]): { persons: number; ages: ByAge } {
  const persons = new Map(visits.map((visit) => [visit.patient, ageGroup(visit.age)]));
  const ages: ByAge = { '0-13': 0, '14-59': 0, '60+': 0, unknown: 0 };
  for (const group of persons.values()) ages[group]++;
  return { persons: persons.size, ages };
}

function climbed(ladders: Ladders, visits: readonly HistoryVisit[]): LadderHit[] {
  const moments = {
    no_show: (visit: HistoryVisit) => visit.no_show_at,
    late_cancel: (visit: HistoryVisit) => visit.late_cancel_at ?? null,
    unconfirmed_win: (visit: HistoryVisit) => visit.unconfirmed_at ?? null,
  } as const;
  const found: LadderHit[] = [];
  for (const kind of ['no_show', 'late_cancel', 'unconfirmed_win'] as const) {
    const byPerson = new Map<string, HistoryVisit[]>();
    for (const visit of visits) if (moments[kind](visit)) add(byPerson, visit.patient, visit);
    for (const rung of ladders[kind]) {
      const persons = [...byPerson.values()].filter(
        (mine) =>
        reaches(mine.map((visit) => moments[kind](visit) as Date), rung, ladders.first_free_in_days), // prettier-ignore
      );
      const { count, restrict_days } = rung;
      found.push({ kind, count, restrict_days, ...personsOf(persons.flat()) });
    }
  }
  return found;
}

const day_ms = 86_400_000;

/** Whether a person's moments reach a rung; the first of them in so many days costs only a message. */
export function reaches(moments: readonly Date[], rung: Rung, first_free_in_days: number): boolean {
  const times = moments.map((moment) => moment.getTime()).sort((a, b) => a - b);
  const counted = times.filter((time, at) => {
    const before = times[at - 1];
    return first_free_in_days === 0 || (before !== undefined && time - before < first_free_in_days * day_ms); // prettier-ignore
  });
  return counted.some((time, at) => {
    const first = counted[at - rung.count + 1];
    return first !== undefined && time - first <= rung.within_days * day_ms;
  });
}
