import type { conductZh } from './zh-conduct.ts';

export const conductEn: Record<keyof typeof conductZh, string> = {
  'limits.title': 'Booking restrictions',
  'limits.link': 'Restrictions and appeals',
  'limits.lead':
    'Each hospital has its own list. A restriction closes only online and phone registration for drawn clinics, ends by itself, and never closes care.',
  'limits.none': 'None of your patients is restricted. Book and register as usual.',
  'limits.of': '{name} · {hospital}',
  'limits.until': 'When it ends',
  'limits.until-text': '{day} {time}, by itself; nothing to do',
  'limits.why': 'Why',
  'limits.list': 'Whose list',
  'limits.list-text': 'The list of {hospital} alone; other hospitals neither see nor apply it',
  'limits.visits': 'These visits were counted',
  'limits.how': 'Other ways to appeal',
  'limits.kind.no_show': 'Visits booked and missed reached the number in the hospital’s rules',
  'limits.kind.late_cancel':
    'Cancellations after the deadline reached the number in the hospital’s rules',
  'limits.kind.unconfirmed_win':
    'Numbers won and not confirmed reached the number in the hospital’s rules',
  'limits.kind.migrated': 'A restriction from the hospital’s earlier system',
  'limits.open': 'All of this stays open',
  'limits.open.emergency': 'Emergency: go at any time',
  'limits.open.window': 'The window: book or register for a draw there with your document',
  'limits.open.ordinary': 'Ordinary and other clinics without a draw: book online as usual',
  'limits.open.follow_up': 'Follow-up: the doctor books it for you as usual',
  'limits.open.referral': 'Referral: your local doctor refers you as usual',
  'limits.appeal': 'Appeal',
  'limits.appeal-title': 'Appeal for {name}',
  'limits.appeal-text':
    'Tell us what happened. Illness, traffic, a notice that never came, a wrong record: all of it can be said. Whoever recorded it does not answer.',
  'limits.appeal-field': 'What happened',
  'limits.document-field': 'What shows it (optional)',
  'limits.document-hint': 'For example a record or certificate number, or a train.',
  'limits.appeal-send': 'Send the appeal',
  'limits.appealed':
    'We have your appeal and answer by {day} {time}. A notice will tell you the answer.',
  'limits.refused': 'The answer to your appeal',
  'limits.again': 'If you disagree, appeal again',
  'limits.noted': 'Noted in the last year',
  'limits.noted-lead':
    'The first in a year is only a reminder. What we cannot prove you were told of never counts.',
  'limits.noted-none': 'Nothing is noted.',
  'limits.short.no_show': 'Did not come',
  'limits.short.late_cancel': 'Cancelled after the deadline',
  'limits.short.unconfirmed_win': 'Won and not confirmed',
  'limits.not-counted': 'No proof you were told: not counted',
};
