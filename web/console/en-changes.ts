import type { changesZh } from './zh-changes.ts';

export const changesEn: Record<keyof typeof changesZh, string> = {
  'change.open': 'Stop / substitute',
  'change.how': 'What to do',
  'change.stop': 'Stop: the session is not held',
  'change.substitute': 'Substitute: another doctor, numbers and times stay',
  'change.doctor': 'Substitute (same speciality, same or higher title, free that half-day)',
  'change.choose': 'Please choose',
  'change.nobody': 'Nobody suitable is free: please stop the session.',
  'change.cause': 'Circumstances',
  'change.cause.approved': 'Approved',
  'change.cause.emergency': 'Emergency (illness), reported by phone',
  'change.cause.unannounced': 'Without leave: nobody was told',
  'change.in_time': 'A week ahead or more: plenty of time.',
  'change.short': 'Less than a week, but before 16:00 of the day before.',
  'change.late':
    'After 16:00 of the day before: phone the outpatient office too. Patients are told at once, at night as well.',
  'change.reason': 'Reason (kept inside the hospital)',
  'change.told':
    'Everyone booked is told at once: full refund, nothing counts, and a number is held for them first.',
  'change.told-substitute':
    'Everyone booked is told at once and may refuse: full refund, nothing counts.',
  'change.do-substitute': 'Substitute',
  'unreached.title': 'People nobody reached',
  'unreached.lead': 'SMS, WeChat and e-mail failed and the notice was not read. Please phone them.',
  'unreached.phone': 'Show the phone and what to say',
  'unreached.phone-of': 'Show the phone of {name} (this is recorded)',
  'unreached.reached': 'Told in person',
  'unreached.no_answer': 'No answer',
  'unreached.wrong_number': 'Wrong number',
  'unreached.no_phone': 'No phone',
  'unreached.until': 'useful until {time}',
};
