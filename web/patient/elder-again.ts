import { api } from '../shared/api.ts';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import type { Availability, FreeNumber, Session, SessionDetail, Visit } from '../shared/types.ts';

/** How far ahead the doctor's next day is looked for. */
const days_ahead = 14;

/** What can be done now to see the same doctor again; `hospital_id` and `department_id` lead to others. */
export type Again = { hospital_id: string; department_id: string } & (
  | { kind: 'free'; session: SessionDetail; number: FreeNumber }
  | { kind: 'register' | 'unreleased'; session: Session }
  | { kind: 'full' }
);

/** The doctor's next day: a free number if there is one, else the way to one. */
export async function findAgain(visit: Visit): Promise<Again> {
  const before = await api<SessionDetail>(`/api/sessions/${visit.session_id}`);
  const { hospital_id, department_id } = before;
  const from = dayOf(serverNow());
  const query = `from=${from}&to=${addDays(from, days_ahead - 1)}`;
  const { sessions } = await api<Availability>(
    `/api/departments/${department_id}/availability?${query}`,
  );
  const own = sessions
    .filter(
      ({ practitioner, session_id }) =>
        session_id !== visit.session_id && practitioner?.id === before.practitioner?.id,
    )
    .sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  const place = { hospital_id, department_id };
  for (const one of own.filter(({ state }) => state === 'free')) {
    const session = await api<SessionDetail>(`/api/sessions/${one.session_id}`);
    const [number] = session.numbers;
    if (number) return { ...place, kind: 'free', session, number };
  }
  for (const kind of ['register', 'unreleased'] as const) {
    const session = own.find(({ state }) => state === kind);
    if (session) return { ...place, kind, session };
  }
  return { ...place, kind: 'full' };
}
