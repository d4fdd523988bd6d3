import { api } from '../shared/api.ts';
import { useLoad, type Loaded } from '../shared/hooks.ts';
import type { Session } from '../shared/types.ts';

/** What a person should see beside the number they came for. */
export type Besides = {
  hospital_id: string;
  department_id: string;
  department_name: string;
  phone: string;
  /** `approved_at` null: general words, not this hospital's. */
  red_flags: { lines: string[]; approved_at: string | null };
  /** Of the same speciality, with numbers today or tomorrow. */
  soon: Session[];
  /** Teams and doctors of equal rank in the next two weeks. */
  equals: Session[];
};

export function useBesides(sessionId: string | null): Loaded<Besides> {
  return useLoad(sessionId && `besides/${sessionId}`, () =>
    api<Besides>(`/api/sessions/${sessionId}/besides`),
  );
}
