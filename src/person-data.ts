import { bookingPersonData } from './booking/index.ts';
import type { Context } from './context.ts';
import { gatePersonData } from './gate/index.ts';
import { governancePersonData } from './governance/index.ts';
import type { PersonData } from './identity/index.ts';
import { kioskPersonData } from './kiosk/index.ts';
import { hisPersonData } from './his/index.ts';
import { notifyPersonData } from './notify/index.ts';
import { paperPersonData } from './paper/index.ts';
import { paymentPersonData } from './payment/index.ts';
import { releasePersonData } from './release/index.ts';

/** What each module knows of a person: for copies, deletion, automated decisions and retention. */
export function personData(ctx: Context): PersonData[] {
  return [
    bookingPersonData(ctx),
    releasePersonData(ctx),
    notifyPersonData(ctx),
    gatePersonData(ctx),
    paymentPersonData(ctx),
    hisPersonData(ctx),
    paperPersonData(ctx),
    governancePersonData(),
    kioskPersonData(ctx),
  ];
}
