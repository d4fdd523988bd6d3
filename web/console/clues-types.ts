import type { Tone } from '../shared/ui.tsx';

export const states = ['received', 'checked', 'handed_over', 'closed'] as const;
export type ClueState = (typeof states)[number];
export const tones: Record<ClueState, Tone> = {
  received: 'wait',
  checked: 'open',
  handed_over: 'open',
  closed: 'muted',
};

export const receivers = [
  'security',
  'police',
  'health',
  'market',
  'internet',
  'discipline',
  'other',
] as const;
export const outcomes = ['acted', 'unconfirmed', 'outside', 'duplicate'] as const;

export type Clue = {
  clue_id: string;
  receipt: string;
  category: 'number_resale' | 'grab_service' | 'exam_jump' | 'admission_jump' | 'treatment_jump' | 'errand' | 'fake_site' | 'data_leak' | 'other'; // prettier-ignore
  involves_staff: boolean;
  place_kind: 'inside' | 'around' | 'online' | 'wechat' | 'phone' | 'other';
  asked_fen: number | null;
  face_fen: number | null;
  mark_up: number | null;
  happened_on: string | null;
  happened_time: string | null;
  state: ClueState;
  handed_to: (typeof receivers)[number] | null;
  outcome: (typeof outcomes)[number] | null;
  received_at: string;
  changed_at: string;
  photos: number;
  same_words: number;
};

export type OpenClue = Clue & {
  text: string | null;
  place: string | null;
  reach: string | null;
  contact: string | null;
  reply: string | null;
};

export type Figures = {
  received: number;
  waiting: number;
  closed: number;
  priced: number;
  asked_min_fen: number | null;
  asked_median_fen: number | null;
  asked_max_fen: number | null;
  mark_up_median: number | null;
};
