import { isRemote, type Asker } from '../booking/index.ts';
import type { PersonStanding } from '../identity/index.ts';
import { Problem } from '../platform/problem.ts';
import { documentFirst, recordMerged } from './errors.ts';

/**
 * Refuses a registration from afar for a person whose document nobody has checked yet: every made-up
 * document would be one more chance. The window, which sees the document, refuses nobody. A record that
 * was merged into another registers nowhere: the person does, once.
 * @throws Problem release/document-first, record-merged.
 */
export function refuseUnproven(
  standing: PersonStanding | undefined,
  asker: Pick<Asker, 'channel'>,
): void {
  if (standing?.merged === true) throw new Problem(recordMerged);
  if (standing?.proven !== true && isRemote(asker.channel)) throw new Problem(documentFirst);
}
