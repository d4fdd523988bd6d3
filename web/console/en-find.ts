import type { findZh } from './zh-find.ts';

export const findEn: Record<keyof typeof findZh, string> = {
  'nav.find': 'Red flags and places',
  'find.lead':
    'Patients read these signs before any number. Where nothing is approved, general words are shown and named as such. Let the clinic read them first.',
  'find.for-all': 'All other specialities',
  'find.approved': 'Approved {time}',
  'find.general': 'General words',
  'find.lines-of': '{name}: signs that must not wait',
  'find.lines-hint': 'One a line, at most 12, in words that patients understand.',
  'find.approve': 'Approve and publish',
  'find.use-general': 'Back to the general words',
  'find.campuses': 'Where the campuses are',
  'find.campuses-lead':
    'The address stands on every doctor’s card; with degrees people see how far it is.',
  'find.address': 'Address',
  'find.latitude': 'Latitude (WGS 84, degrees)',
  'find.longitude': 'Longitude (WGS 84, degrees)',
  'find.save-of': 'Save the place of {name}',
  'find.saved': 'Saved.',
};
