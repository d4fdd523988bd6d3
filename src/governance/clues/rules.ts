/** What a report can be about: numbers, queue-jumping of other kinds, paid errands, fakes. */
export const categories = [
  'number_resale',
  'grab_service',
  'exam_jump',
  'admission_jump',
  'treatment_jump',
  'errand',
  'fake_site',
  'data_leak',
  'other',
] as const;
export type Category = (typeof categories)[number];

export const placeKinds = ['inside', 'around', 'online', 'wechat', 'phone', 'other'] as const;
export type PlaceKind = (typeof placeKinds)[number];

export const states = ['received', 'checked', 'handed_over', 'closed'] as const;
export type ClueState = (typeof states)[number];

/** Who a clue was handed to. */
export const receivers = [
  'security',
  'police',
  'health',
  'market',
  'internet',
  'discipline',
  'other',
] as const;
export type Receiver = (typeof receivers)[number];

export const outcomes = ['acted', 'unconfirmed', 'outside', 'duplicate'] as const;
export type Outcome = (typeof outcomes)[number];

export const photo_bytes_max = 5 << 20;

/** Days after closing: the contact goes first, then what was written and shown. */
export const contact_days = 30;
export const words_days = 365;

const order: Record<ClueState, number> = { received: 0, checked: 1, handed_over: 2, closed: 3 };

/** A clue moves forward; staying where it is changes only the reply. A closed one stays closed. */
export function mayMove(from: ClueState, to: ClueState): boolean {
  return from !== 'closed' && order[to] >= order[from];
}

/** How many times the face price was asked, to one decimal; null without both prices. */
export function markUp(asked_fen: number | null, face_fen: number | null): number | null {
  if (asked_fen === null || face_fen === null || face_fen === 0) return null;
  return Math.round((asked_fen / face_fen) * 10) / 10;
}

/** Letters and digits that cannot be taken for one another when copied by hand. */
export const code_pattern = '^[0-9A-HJKMNP-TV-Z]{12}$';

/** Two reports say the same when only spaces and punctuation differ. */
export function sameWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{S}\p{Z}\s]/gu, '');
}
