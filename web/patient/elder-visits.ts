import { dayOf } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';

const open_states = ['held', 'booked', 'checked_in', 'called'];
const seen_states = ['fulfilled', 'called', 'checked_in', 'booked', 'noshow'];
const doctors_shown = 4;

const byTime = (a: Visit, b: Visit): number => a.starts_at.localeCompare(b.starts_at);

/** The numbers still to be used, the nearest first. */
export function comingVisits(visits: readonly Visit[]): Visit[] {
  const today = dayOf(serverNow());
  return visits
    .filter(({ status, service_date }) => open_states.includes(status) && service_date >= today)
    .sort(byTime);
}

/** The last visit to each doctor for each person, the latest first. */
export function lastVisits(visits: readonly Visit[]): Visit[] {
  const found = new Map<string, Visit>();
  const seen = visits.filter(
    ({ status, practitioner_name }) => practitioner_name !== null && seen_states.includes(status),
  );
  for (const visit of seen.sort(byTime)) found.set(sameDoctor(visit), visit);
  return [...found.values()].reverse().slice(0, doctors_shown);
}

/** One doctor of one hospital for one person. */
export function sameDoctor(visit: Visit): string {
  return [visit.hospital_name, visit.practitioner_name, visit.patient.patient_id].join(' ');
}
