/** Below this age a person's data is that of a child, and a guardian agrees for them (PIPL 28, 31). */
export const child_age_max = 14;

/** What is agreed to one by one; each has its own words and its own screen. */
export const purposes = ['health_data', 'child_data', 'proxy', 'draw_pool'] as const;
export type Purpose = (typeof purposes)[number];

/** What must be agreed to before an account may keep this person's data to book for them. */
export function purposesFor(person: { relation: string; age: number | null }): Purpose[] {
  const child = person.age !== null && person.age < child_age_max;
  return [
    'health_data',
    ...(child ? (['child_data'] as const) : []),
    ...(person.relation !== 'self' && !child ? (['proxy'] as const) : []),
  ];
}

/** Which consents a request rests on: a withdrawn one stops exactly these, and nothing at the window. */
export const guarded: Readonly<Record<string, { needs: readonly Purpose[]; pool: boolean }>> = {
  'POST /api/appointments': { needs: ['health_data', 'child_data', 'proxy'], pool: false },
  'POST /api/draws/:draw_id/entries': {
    needs: ['health_data', 'child_data', 'proxy'],
    pool: true,
  },
  'POST /api/wishes': { needs: ['health_data', 'child_data', 'proxy'], pool: true },
};

/** Days by which a request about one's data is answered; an objection is by one working day. */
export const request_days_max = 15;

/** Days a copy of the store of keys is kept: after so many days a destroyed key is in none. */
export const key_copy_days = 30;

/** Whom an account may have deleted: its own owner, and a child it answers for. */
export function mayErase(person: { relation: string; age: number | null }): boolean {
  if (person.relation === 'self') return true;
  return person.relation === 'child' && person.age !== null && person.age < 18;
}

/** The later of two instants, either of which may be missing. */
export function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
