import { Type } from 'typebox';
import { late_reasons } from './arrive.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const OrNull = <Shape extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(
  shape: Shape,
) => Type.Union([shape, Type.Null()]);

export const VisitParams = Type.Object({ appointment_id: Id });
export const PatientParams = Type.Object({ patient_id: Id });

export const BookRequest = Type.Object({
  session_id: Id,
  slot_id: Type.Optional(OrNull(Id)),
  patient_id: Id,
  /** True: confirmed at once, to be paid at the hospital. False or absent: held for ten minutes. */
  confirm: Type.Optional(Type.Boolean()),
});
export const StaffBookRequest = Type.Object({
  session_id: Id,
  slot_id: Type.Optional(OrNull(Id)),
  patient_id: Id,
  on_site_reason: Type.Optional(Type.Enum(['disabled', 'no_phone'])),
  pool: Type.Optional(
    Type.Enum(['online', 'same_day', 'on_site', 'follow_up', 'in_clinic', 'referral', 'team']),
  ),
});
export const SupplyQuery = Type.Object({
  from: Type.String({ format: 'date' }),
  to: Type.String({ format: 'date' }),
  department_id: Type.Optional(Id),
});
export const Supply = Type.Object({
  sessions: Type.Array(
    Type.Object({
      session_id: Id,
      total: Type.Integer(),
      unreleased: Type.Integer(),
      free: Type.Integer(),
      held: Type.Integer(),
      booked: Type.Integer(),
      checked_in: Type.Integer(),
      cooling: Type.Integer(),
      stopped: Type.Integer(),
      void: Type.Integer(),
    }),
  ),
});
export const CancelRequest = Type.Union([
  Type.Object({ reason: Type.Optional(Type.String({ maxLength: 200 })) }),
  Type.Null(),
]);
export const CloseUndo = Type.Object({ said_by: Type.Enum(['patient', 'companion']) });
export const MoveRequest = Type.Object({ slot_id: Id });
export const CheckInRequest = Type.Object({
  document_type: Type.Optional(Type.String({ maxLength: 40 })),
  document_number: Type.String({ minLength: 1, maxLength: 60 }),
  /** Checks somebody in although the hospital's hour for it has passed. */
  late_reason: Type.Optional(Type.Enum([...late_reasons])),
});
export const SessionRequest = Type.Object({ session_id: Id });
export const TicketRequest = Type.Object({ session_id: Id, patient_id: Id });
export const DeskQuery = Type.Object({ session_id: Id });
export const OrderNumberQuery = Type.Object({
  previous_order_number: Type.String({ minLength: 1, maxLength: 64 }),
});
export const ImportQuery = Type.Object({ dry_run: Type.Boolean({ default: false }) });

export const Visit = Type.Object({
  appointment_id: Id,
  session_id: Id,
  slot_id: Id,
  status: Type.String(),
  channel: Type.String(),
  hold_until: OrNull(Instant),
  service_date: Day,
  period: Type.String(),
  starts_at: Instant,
  ends_at: Instant,
  sequence: Type.Integer(),
  room: Type.String(),
  hospital_name: Type.String(),
  campus_name: Type.String(),
  department_name: Type.String(),
  service_name: Type.String(),
  practitioner_name: OrNull(Type.String()),
  fee_fen: Type.Integer(),
  /** An internet clinic (互联网门诊): nobody has to come. */
  mode: Type.String(),
  patient: Type.Object({
    patient_id: Id,
    name_masked: Type.String(),
    document_masked: Type.String(),
  }),
  cancel_until: Instant,
  /** From then on giving back online still works and counts as late; null where it never does. */
  late_from: OrNull(Instant),
  undo_until: OrNull(Instant),
  queue: Type.Union([Type.Object({ place: Type.Integer(), ahead: Type.Integer() }), Type.Null()]),
  draw_id: OrNull(Id),
  previous_order_number: OrNull(Type.String()),
});
export const Visits = Type.Object({ appointments: Type.Array(Visit) });
/** `entries` are release's: whoever wires the app hands them over, already fit to be shown. */
export const PatientVisits = Type.Object({
  appointments: Type.Array(Visit),
  entries: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

export const Desk = Type.Object({
  session: Type.Object({
    session_id: Id,
    service_date: Day,
    period: Type.String(),
    starts_at: Instant,
    ends_at: Instant,
    room: Type.String(),
    status: Type.String(),
    campus_name: Type.String(),
    department_name: Type.String(),
    service_name: Type.String(),
    practitioner_name: OrNull(Type.String()),
  }),
  visits: Type.Array(
    Type.Object({
      appointment_id: Id,
      patient_id: Id,
      sequence: Type.Integer(),
      status: Type.String(),
      name_masked: Type.String(),
      document_masked: Type.String(),
      starts_at: Instant,
      checked_in_at: OrNull(Instant),
      called_at: OrNull(Instant),
      calls: Type.Integer(),
      missed: Type.Boolean(),
      queue_place: OrNull(Type.Integer()),
      tags: Type.Array(Type.String()),
    }),
  ),
});

export const HallTicket = Type.Object({ ticket_id: Id, taken_at: Instant, fresh: Type.Boolean() });
export const HallDraw = Type.Object({
  session_id: Id,
  tickets: Type.Array(
    Type.Object({
      ticket_id: Id,
      patient_id: Id,
      name_masked: Type.String(),
      place: Type.Integer(),
      appointment_id: OrNull(Id),
      outcome: Type.String(),
    }),
  ),
});

export const SoldReport = Type.Object({
  kind: Type.Literal('sold'),
  rows: Type.Integer(),
  valid: Type.Integer(),
  created: Type.Integer(),
  updated: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      line: Type.Integer(),
      column: Type.String(),
      value_masked: Type.Optional(Type.String()),
      reason: Type.String(),
    }),
  ),
  errors_total: Type.Integer(),
  committed: Type.Boolean(),
  sha256: Type.String(),
});

const Outcome = Type.Enum(['confirmed', 'declined', 'will_decide', 'no_answer', 'no_phone']);
export const CallBody = Type.Object({ outcome: Outcome });
export const CallLogged = Type.Object({ outcome: Type.String() });
export const Phone = Type.Object({ phone: Type.Union([Type.String(), Type.Null()]) });
export const CallList = Type.Object({
  calls: Type.Array(
    Type.Object({
      appointment_id: Id,
      patient_id: Id,
      name_masked: Type.String(),
      age: Type.Union([Type.Integer(), Type.Null()]),
      service_date: Type.String(),
      period: Type.String(),
      department_name: Type.String(),
      service_name: Type.String(),
      hold_until: Instant,
      must_call: Type.Boolean(),
      calls: Type.Integer(),
      last_outcome: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
