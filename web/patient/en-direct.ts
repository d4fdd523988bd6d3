import type { directZh } from './zh-direct.ts';

/** English of `zh-direct.ts`. */
export const directEn: Record<keyof typeof directZh, string> = {
  'direct.title': 'From your doctor',
  'direct.lead':
    'Numbers a doctor added for you and follow-ups: who, why, and what became of them. Cancel what you do not need.',
  'direct.none': 'No doctor has added a number or planned a follow-up for your patients.',
  'direct.plans': 'Follow-up plans',
  'direct.every': 'Every {n} months, {done} of {times}',
  'direct.ready': 'The nearest visit is booked; there is nothing to do.',
  'direct.self': 'Choose a time yourself',
  'direct.next': 'The next around {due}; we book it when numbers open and tell you.',
  'direct.visit': 'See the booked visit',
  'direct.end': 'End the plan',
  'direct.end-title': 'End the follow-up plan of {name}?',
  'direct.end-text':
    'Nothing more is booked by itself. A booked visit stays; please cancel it if you cannot come.',
  'direct.keep': 'Keep it',
  'direct.added': 'Added numbers',
  'direct.asked': 'With the hospital',
  'direct.given': 'Added',
  'direct.refused': 'Not added',
  'direct.expired': 'Not decided in time',
  'direct.room': 'The session is full; another day may be free.',
  'direct.other_day': 'The hospital suggests another day.',
  'direct.other_doctor': 'The hospital suggests another doctor of the department.',
  'direct.times': 'Move to another day',
  'direct.times-text':
    'Numbers kept for follow-up at the same clinic. The old one is given back only when the new one is yours.',
  'direct.times-none':
    'No other follow-up time now; look again in some days, or ask at the window.',
  'direct.times-do': 'Move to this time',
  'direct.code': 'Visit code',
  'direct.code-text':
    'Doctor or window find this booking by scanning it. Show it to hospital staff only.',
};
