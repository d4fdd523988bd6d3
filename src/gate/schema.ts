import { Type } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Token = Type.String({ minLength: 1, maxLength: 2000 });

export const RoomParams = Type.Object({ room_id: Id });
export const CaseParams = Type.Object({ case_id: Id });
export const SessionQuery = Type.Object({ session_id: Id });

/** `room` null: no queue is announced for this session's release. */
export const RoomOfSession = Type.Object({
  room: Type.Union([
    Type.Object({
      room_id: Id,
      opens_at: Instant,
      state: Type.String(),
      release_key_sha256: Type.String(),
      /** Whether a booking needs a pass now. */
      pass_needed: Type.Boolean(),
    }),
    Type.Null(),
  ]),
});

/** Everything a page needs to compute its own place; the same text for everybody. */
export const Watermark = Type.Object({
  room_id: Id,
  opens_at: Instant,
  state: Type.String(),
  at: Instant,
  early_count: Type.Integer(),
  late_issued: Type.Integer(),
  per_second: Type.Integer(),
  lanes: Type.Array(
    Type.Object({
      lane: Type.String(),
      lag_s: Type.Integer(),
      early_up_to: Type.String(),
      late_up_to: Type.Integer(),
    }),
  ),
});

/** The release key is hexadecimal and null until the room opens. */
export const Opening = Type.Object({
  room_id: Id,
  opens_at: Instant,
  release_key_sha256: Type.String(),
  release_key: Type.Union([Type.String(), Type.Null()]),
  early_count: Type.Integer(),
  rule: Type.String(),
});

export const TicketRequest = Type.Object({
  patient_id: Id,
  ticket: Type.Optional(Token),
});
export const Ticket = Type.Object({
  room_id: Id,
  patient_id: Id,
  ticket: Type.String(),
  kind: Type.String(),
  value: Type.String(),
  lane: Type.String(),
  extra_s: Type.Integer(),
  case_id: Type.Union([Id, Type.Null()]),
});

export const PassRequest = Type.Object({ ticket: Token });
export const Pass = Type.Object({ pass: Type.String(), expires_at: Instant });

export const AppealRequest = Type.Object({ text: Type.String({ minLength: 2, maxLength: 1000 }) });
const Signals = Type.Object({
  limit_refusals: Type.Integer(),
  sustained: Type.Boolean(),
  patients_on_device: Type.Integer(),
  failed_documents: Type.Integer(),
  replayed_steps: Type.Integer(),
  skipped_steps: Type.Integer(),
});

export const Appeals = Type.Object({
  appeals: Type.Array(
    Type.Object({
      case_id: Id,
      patient: Type.Object({ name_masked: Type.String(), document_masked: Type.String() }),
      extra_s: Type.Integer(),
      slowed_at: Instant,
      appealed_at: Instant,
      text: Type.String(),
      signals: Signals,
    }),
  ),
});
export const AnswerRequest = Type.Object({
  upheld: Type.Boolean(),
  answer: Type.String({ minLength: 2, maxLength: 500 }),
});
export const Answered = Type.Object({ state: Type.String() });

export const OwnCases = Type.Object({
  cases: Type.Array(
    Type.Object({
      case_id: Id,
      extra_s: Type.Integer(),
      slowed_at: Instant,
      state: Type.String(),
      answer: Type.Union([Type.String(), Type.Null()]),
      answered_at: Type.Union([Instant, Type.Null()]),
    }),
  ),
});
export const Appealed = Type.Object({ state: Type.String() });
