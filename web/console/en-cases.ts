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
  'cases.archives': 'Several archives',
  'cases.archives-text': 'One person has several archives; choose one.',
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
  'helpers.title': 'Helpers',
  'helpers.none': 'No helpers yet.',
  'helpers.village_doctor': 'Village doctor',
  'helpers.social_worker': 'Social worker',
  'helpers.school_nurse': 'School nurse',
  'helpers.care_home': 'Care home',
  'helpers.until': 'valid until {day}',
  'helpers.day-max': 'Bookings a day at most',
  'helpers.approve': 'Approve',
  'helpers.refuse': 'Refuse',
  'helpers.used': '{n}/{max} this month for {people} people',
  'helpers.end': 'End',
};
