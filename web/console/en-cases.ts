import type { casesZh } from './zh-cases.ts';

/** English words of the people's work list. */
export const casesEn: Record<keyof typeof casesZh, string> = {
  'nav.person-cases': 'People',
  'cases.lead': 'Look at the original document. Numbers are cut here, and reads are recorded.',
  'cases.none': 'Nothing to check now.',
  'cases.document': 'Document',
  'cases.document-text':
    'This document cannot be checked online. Accept when the original is theirs.',
  'cases.document-yes': 'Original seen',
  'cases.document-no': 'Not theirs',
  'cases.archives': 'Archives',
  'cases.archives-text': 'Compare what the patient wrote down; of several archives choose one.',
  'cases.archives-yes': 'Chosen',
  'cases.archives-no': 'Not one person',
  'cases.act': 'Not my booking',
  'cases.act-text':
    'The patient says this booking is not theirs. Find out who booked; nothing is cancelled by itself.',
  'cases.act-yes': 'True, settled',
  'cases.act-no': 'A normal booking',
  'cases.said': 'The patient says: {text}',
  'cases.since': 'Waiting since {day}',
  'cases.bookings': '{n} booked online',
  'cases.note': 'Note (optional)',
  'helpers.village_doctor': 'Village doctor',
  'helpers.social_worker': 'Social worker',
  'helpers.school_nurse': 'School nurse',
  'helpers.care_home': 'Care home',
  'helpers.day-max': 'Bookings a day at most',
  'helpers.approve': 'Approve',
  'helpers.refuse': 'Refuse',
  'helpers.end': 'End',
};
