import type { RegisterContext } from '../../identity/index.ts';
import type { BookingContext } from '../for-account.ts';

/** What the verbs of this folder need; a doctor may meet a person nobody registered yet. */
export type DirectContext = BookingContext & Pick<RegisterContext, 'realName'>;

/** Who of the staff acts, and for which hospital. */
export type ByStaff = { hospital_id: string; actor: string };
