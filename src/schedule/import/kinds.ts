import { departments } from './departments.ts';
import { doctors } from './doctors.ts';
import { sessions } from './sessions.ts';

/** What can be imported into the schedule, in the order in which a new hospital does it. */
export const kinds = { departments, doctors, sessions };

export type KindName = keyof typeof kinds;

/** What a person calls each kind. */
export const kindTitles: Record<KindName, string> = {
  departments: '科室',
  doctors: '医生与门诊',
  sessions: '排班',
};
