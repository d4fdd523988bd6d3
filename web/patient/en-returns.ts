import type { returnsZh } from './zh-returns.ts';

/** English of `zh-returns.ts`. */
export const returnsEn: Record<keyof typeof returnsZh, string> = {
  'return.title': 'Free return',
  'return.until': '{department} · until {day}',
  'return.how':
    'No new number and no registration fee: check in with your document at the desk of {department}, {campus}, and you are in the line. It can be used once.',
  'return.for': '{clinic}, seen on {day}',
  'return.open': 'open',
  'return.used': 'used',
  'return.over': 'over',
  'net.clinic': 'Internet clinic',
  'net.who':
    'Held online; nobody has to come. For people seen in the same specialty of this hospital within {n} days. If you were not, please book a clinic in person first; if you were and it does not work, bring the record to the window.',
};
