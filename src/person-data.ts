import { bookingPersonData } from './booking/index.ts';
import type { Context } from './context.ts';
import { gatePersonData } from './gate/index.ts';
import type { PersonData } from './identity/index.ts';
import { notifyPersonData } from './notify/index.ts';
import { releasePersonData } from './release/index.ts';

/** What each module knows of a person: for copies, deletion, automated decisions and retention. */
export function personData(ctx: Context): PersonData[] {
  return [
    bookingPersonData(ctx),
    releasePersonData(ctx),
    notifyPersonData(ctx),
    gatePersonData(ctx),
  ];
}
