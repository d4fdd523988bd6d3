import { Type } from 'typebox';
import { Visit } from '../schema.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const OrNull = <Shape extends ReturnType<typeof Type.String>>(shape: Shape) =>
  Type.Union([shape, Type.Null()]);

export const CheckInByCode = Type.Object({ code: Type.String({ pattern: '^[0-9]{6}$' }) });
export const Identity = Type.Object({
  document_type: Type.Optional(Type.String({ maxLength: 40 })),
  document_number: Type.String({ minLength: 1, maxLength: 60 }),
});

const Kind = Type.Enum(['elder', 'military', 'disabled']);
export const Priority = Type.Object({ kind: Type.Union([Kind, Type.Null()]) });

export const WaitingVisits = Type.Object({
  now: Instant,
  visits: Type.Array(
    Type.Object({
      visit: Visit,
      desk: Type.String(),
      internet: Type.Boolean(),
      check_in_until: Instant,
      identity_seen: Type.Boolean(),
      missed: Type.Boolean(),
      calls: Type.Integer(),
      called_at: OrNull(Instant),
      begun: Type.Boolean(),
      hospital_id: Id,
      priority: Type.Union([Kind, Type.Null()]),
      rule: Type.Union([
        Type.Object({
          one_in: Type.Integer(),
          elder_age: Type.Union([Type.Integer(), Type.Null()]),
          military: Type.Boolean(),
          disabled: Type.Boolean(),
        }),
        Type.Null(),
      ]),
      wait: Type.Union([
        Type.Object({ minutes: Type.Integer(), intervals: Type.Integer() }),
        Type.Null(),
      ]),
    }),
  ),
});

const Rung = Type.Object({
  count: Type.Integer(),
  within_days: Type.Integer(),
  restrict_days: Type.Integer(),
});

export const Guide = Type.Object({
  visit: Visit,
  hospital_id: Id,
  department_id: Id,
  hospital_phone: Type.String(),
  campus_address: Type.String(),
  place: Type.String(),
  sensitive: Type.Boolean(),
  internet: Type.Boolean(),
  arrive_from: Instant,
  check_in_until: Instant,
  cancel: Type.Object({
    may: Type.Enum(['now', 'late', 'window', 'over']),
    free_until: Instant,
    undo_minutes: Type.Integer(),
    ladder: Type.Array(Rung),
    first_free_in_days: Type.Integer(),
    paid_fen: Type.Integer(),
    back_fen: Type.Integer(),
    kept_fen: Type.Integer(),
  }),
});

export const LinkScreen = Type.Object({
  campus_id: Id,
  department_id: Type.Optional(OrNull(Id)),
  name: Type.String({ minLength: 1, maxLength: 40 }),
});
export const LinkedScreen = Type.Object({ screen_id: Id, token: Type.String() });
export const ScreenParams = Type.Object({ screen_id: Id });
export const Screens = Type.Object({
  screens: Type.Array(
    Type.Object({
      screen_id: Id,
      campus_id: Id,
      department_id: OrNull(Id),
      name: Type.String(),
      linked_at: Instant,
    }),
  ),
});
export const Unlinked = Type.Object({ screen_id: Id });

const Line = Type.Object({
  sequence: Type.Integer(),
  name_masked: OrNull(Type.String()),
  tags: Type.Array(Type.String()),
  calls: Type.Integer(),
});
export const ScreenHeaders = Type.Object({
  'x-screen-token': Type.Optional(Type.String({ maxLength: 100 })),
});
export const ScreenView = Type.Object({
  name: Type.String(),
  hospital_name: Type.String(),
  campus_name: Type.String(),
  department_name: OrNull(Type.String()),
  now: Instant,
  check_in: Type.Object({ code: Type.String(), until: Instant }),
  rooms: Type.Array(
    Type.Object({
      session_id: Id,
      department_name: Type.String(),
      service_name: Type.String(),
      practitioner_name: OrNull(Type.String()),
      room: Type.String(),
      called: Type.Array(Line),
      next: Type.Array(Line),
      missed: Type.Array(Line),
      waiting: Type.Integer(),
    }),
  ),
});
