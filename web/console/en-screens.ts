/** English of `zh-screens.ts`. */
export const screensEn = {
  'nav.screens': 'Call screens',
  'screens.lead':
    'Screens of waiting rooms: who is called, who is next, and the check-in code. Names are masked; sensitive clinics show numbers only.',
  'screens.none': 'No screen is linked.',
  'screens.link': 'Link a screen',
  'screens.campus': 'Campus',
  'screens.whole-campus': 'Whole campus',
  'screens.name': 'Name of the screen',
  'screens.name-hint': 'Say where it hangs, e.g. third floor, east.',
  'screens.do': 'Make a link',
  'screens.linked': 'The link is made',
  'screens.linked-text':
    'Open this address in the browser of that screen. It is shown once. Give it to nobody else; if it went astray, unlink it and make another.',
  'screens.open': 'Open it on this computer',
  'screens.since': 'Linked {time}',
  'screens.end': 'Unlink',
  'screens.end-title': 'Unlink “{name}”?',
  'screens.end-text': 'The screen shows neither calls nor codes from then on.',
  'tag.identity_unseen': 'document not seen',
  'tag.elder': 'elderly first',
  'tag.military': 'military first',
  'tag.disabled': 'disabled first',
  'priority.open': 'Priority',
  'priority.title': 'Priority of {name}',
  'priority.text':
    'Look at the person’s paper first: a military document or a disability certificate. The screen and those behind see the priority; by the hospital’s rule one of so many called may have it.',
  'priority.kind': 'Which one',
  'priority.none': 'None',
  'priority.do': 'Save',
  'identity.check': 'See the document',
  'identity.title': 'Document of {name}',
  'identity.text':
    'This person checked in by phone. Please look at their own identity document and type or read its number; a number is for its person only.',
  'identity.do': 'Check',
} as const;
