import { Type } from 'typebox';
import { VisitReply } from '../booking/index.ts';
import { EntryReply } from '../release/index.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.Unsafe<Date>({ type: 'string', format: 'date-time' });
const InstantOrNull = Type.Unsafe<Date | null>({
  anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
});

export const TerminalParams = Type.Object({ terminal_id: Id });
export const VisitParams = Type.Object({ appointment_id: Id });
export const DrawParams = Type.Object({ draw_id: Id });

export const TerminalRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 40 }),
  place: Type.String({ minLength: 1, maxLength: 80 }),
});
/** Shown once: the code for the machine and the key for its card reader. */
export const PairingReply = Type.Object({
  terminal_id: Id,
  pairing_code: Type.String(),
  pairing_until: Instant,
  reader_key: Type.String(),
});
export const Terminals = Type.Object({
  terminals: Type.Array(
    Type.Object({
      terminal_id: Id,
      name: Type.String(),
      place: Type.String(),
      state: Type.Enum(['waiting', 'active', 'revoked']),
      created_at: Instant,
      paired_at: InstantOrNull,
      revoked_at: InstantOrNull,
      seen_at: InstantOrNull,
      alerts: Type.Integer(),
      alerted_at: InstantOrNull,
      people_today: Type.Integer(),
      refused_today: Type.Integer(),
      made_today: Type.Integer(),
    }),
  ),
});
export const Done = Type.Object({ done: Type.Boolean() });

export const PairRequest = Type.Object({
  pairing_code: Type.String({ minLength: 12, maxLength: 20 }),
});
export const TerminalReply = Type.Object({
  terminal_id: Id,
  hospital_id: Id,
  name: Type.String(),
  place: Type.String(),
  idle_warning_seconds: Type.Integer(),
  idle_answer_seconds: Type.Integer(),
});

const Typed = Type.Object({
  document_number: Type.String({ minLength: 6, maxLength: 40 }),
  document_type: Type.Optional(Type.String({ maxLength: 40 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
});
export const TurnRequest = Type.Union([
  Type.Object({ card: Type.String({ minLength: 20, maxLength: 2100 }) }),
  Typed,
]);
export const TurnReply = Type.Object({
  turn_id: Id,
  proved: Type.Boolean(),
  how: Type.Enum(['typed', 'reader']),
  patient: Type.Object({
    name_masked: Type.String(),
    document_masked: Type.String(),
    age: Type.Union([Type.Integer(), Type.Null()]),
  }),
});
export const LeaveRequest = Type.Object({ idle: Type.Optional(Type.Boolean()) });
export const PhoneRequest = Type.Object({ phone: Type.String({ minLength: 5, maxLength: 20 }) });
export const Proved = Type.Object({ proved: Type.Boolean() });

export const MyReply = Type.Object({
  proved: Type.Boolean(),
  visits: Type.Array(VisitReply),
  entries: Type.Array(EntryReply),
});
export const TakeRequest = Type.Object({
  session_id: Id,
  slot_id: Type.Optional(Type.Union([Id, Type.Null()])),
});
export const EnterRequest = Type.Object({
  preferences: Type.Array(Id, { minItems: 1, maxItems: 10, uniqueItems: true }),
  notice_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 })),
});
