import { Type } from 'typebox';
import { categories, code_pattern, outcomes, placeKinds, receivers, states } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const NullableInstant = Type.Union([Instant, Type.Null()]);
const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableFen = Type.Union([Type.Integer(), Type.Null()]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const Fen = Type.Integer({ minimum: 0, maximum: 100_000_000 });
const oneOf = <const T extends string>(names: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...names] });
const Code = Type.String({ pattern: code_pattern });

/** Nothing in it says who reports, unless they leave a contact. */
export const ReportRequest = Type.Object({
  hospital_id: Id,
  code: Code,
  category: oneOf(categories),
  involves_staff: Type.Optional(Type.Boolean()),
  place_kind: oneOf(placeKinds),
  place: Type.Optional(Type.String({ maxLength: 200 })),
  reach: Type.Optional(Type.String({ maxLength: 200 })),
  asked_fen: Type.Optional(Fen),
  face_fen: Type.Optional(Fen),
  happened_on: Type.Optional(Type.String({ format: 'date' })),
  happened_time: Type.Optional(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
  text: Type.String({ minLength: 2, maxLength: 2000 }),
  contact: Type.Optional(Type.String({ maxLength: 100 })),
});
export const Receipt = Type.Object({ receipt: Type.String(), received_at: Instant });

export const ReceiptParams = Type.Object({ receipt: Type.String({ pattern: '^JB[0-9]{8}$' }) });
export const CodeRequest = Type.Object({ code: Code });
export const CodeHeader = Type.Object({ 'x-report-code': Code });
export const Photos = Type.Object({ photos: Type.Integer() });

const progress = {
  state: oneOf(states),
  handed_to: NullableText,
  outcome: NullableText,
  received_at: Instant,
  changed_at: Instant,
};
export const Progress = Type.Object({
  ...progress,
  category: Type.String(),
  photos: Type.Integer(),
  reply: NullableText,
  has_contact: Type.Boolean(),
});
export const Forgotten = Type.Object({ has_contact: Type.Boolean() });

export const CluesQuery = Type.Object({
  state: Type.Optional(oneOf(states)),
  before: Type.Optional(Instant),
});
const clue = {
  clue_id: Id,
  receipt: Type.String(),
  category: Type.String(),
  involves_staff: Type.Boolean(),
  place_kind: Type.String(),
  asked_fen: NullableFen,
  face_fen: NullableFen,
  /** The price asked as a multiple of the face price. */
  mark_up: NullableNumber,
  happened_on: NullableText,
  happened_time: NullableText,
  ...progress,
  photos: Type.Integer(),
  /** Other reports of this hospital in the same words. */
  same_words: Type.Integer(),
};
export const Clues = Type.Object({
  clues: Type.Array(Type.Object(clue)),
  next: NullableInstant,
  figures: Type.Object({
    received: Type.Integer(),
    waiting: Type.Integer(),
    closed: Type.Integer(),
    priced: Type.Integer(),
    asked_min_fen: NullableFen,
    asked_median_fen: NullableFen,
    asked_max_fen: NullableFen,
    mark_up_median: NullableNumber,
  }),
});

export const ClueParams = Type.Object({ clue_id: Id });
export const PhotoParams = Type.Object({
  clue_id: Id,
  position: Type.Integer({ minimum: 1, maximum: 3 }),
});
export const OpenClue = Type.Object({
  ...clue,
  text: NullableText,
  place: NullableText,
  reach: NullableText,
  contact: NullableText,
  reply: NullableText,
});
export const MoveRequest = Type.Object({
  state: oneOf(states),
  handed_to: Type.Optional(oneOf(receivers)),
  outcome: Type.Optional(oneOf(outcomes)),
  reply: Type.Optional(Type.String({ minLength: 2, maxLength: 500 })),
});
export const Moved = Type.Object({ state: oneOf(states) });
