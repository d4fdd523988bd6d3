import type { requestsZh } from './zh-requests.ts';

/** Words of 个人信息申请. */
export const requestsEn: Record<keyof typeof requestsZh, string> = {
  'nav.requests': 'Data requests',
  'requests.lead':
    'Corrections are answered within 15 days, objections to automated decisions within one working day. Copies and deletions are made by the person with a code, at once, and are not here. Each reading is recorded.',
  'requests.none': 'Nothing waits for an answer.',
  'requests.kind': 'Kind',
  'requests.correction': 'Correction of personal data',
  'requests.objection': 'Objection to an automated decision',
  'requests.objection-what': 'A restriction or slowing the system decided',
  'requests.matter': 'About',
  'requests.matter.name': 'Name',
  'requests.matter.document': 'Document',
  'requests.matter.birth_date': 'Date of birth',
  'requests.matter.sex': 'Sex',
  'requests.matter.phone': 'Phone',
  'requests.matter.other': 'Something else',
  'requests.asked': 'Asked',
  'requests.due': 'Answer by',
  'requests.late': 'The time for an answer is over: please answer now.',
  'requests.text': 'In their words',
  'requests.no-text': 'Nothing was written.',
  'requests.account': 'The account’s owner',
  'requests.how-correction':
    'Compare with the original document, correct it on the window page, then answer here.',
  'requests.how-objection':
    'Look at the record; if they are right, lift the restriction first, then answer here.',
  'requests.answer': 'Answer to the person',
  'requests.answer-hint': 'They read it as it stands: say what was done and what comes next.',
  'requests.done': 'Done, send the answer',
  'requests.done-of': 'Done, send the answer to {name}',
  'requests.refused': 'Not possible, say why',
  'requests.refused-of': 'Not possible for {name}, say why',
  'requests.answered': 'The request of {name} is answered.',
};
