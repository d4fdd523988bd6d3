import type { PersonData } from '../../identity/index.ts';
import { contact_days, words_days } from './rules.ts';
import { eraseContacts, eraseWords } from './store.ts';

const day_ms = 86_400_000;

/**
 * Reports are tied to no person, so none can be found for one: there is nothing to copy or to erase.
 * Contacts, words and photos go when their time has passed.
 */
export function governancePersonData(): PersonData {
  return {
    module: 'governance',
    read: async () => ({}),
    erase: async () => null,
    sweep: async (db, at) => ({
      contacts: await eraseContacts(db, new Date(at.getTime() - contact_days * day_ms)),
      reports: await eraseWords(db, new Date(at.getTime() - words_days * day_ms), at),
    }),
  };
}
