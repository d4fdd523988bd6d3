import type { rulesZh } from './zh-rules.ts';

export const rulesEn: Record<keyof typeof rulesZh, string> = {
  'rules.link': 'Before you book: limits, deadlines, no-shows',
  'rules.of': 'Booking rules of {name}',
  'rules.since': 'in force since {date}',
  'rules.next': 'From {date} on',
  'rules.price':
    'Each number shows its price before you sign in; one given back before the visit is refunded in full.',
};
