import { Type } from 'typebox';
import { addReasons, addRefusals, greenReasons } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeId = Type.Union([Id, Type.Null()]);
const MaybeWhole = Type.Union([Type.Integer(), Type.Null()]);

export const Person = Type.Object({
  patient_id: Id,
  name_masked: Type.String(),
  document_masked: Type.String(),
  age: MaybeWhole,
  sex: Type.String(),
});
export const People = Type.Object({ people: Type.Array(Person) });
export const FindRequest = Type.Union([
  Type.Object({
    by: Type.Literal('document'),
    document_type: Type.Optional(Type.String({ maxLength: 40 })),
    text: Type.String({ minLength: 1, maxLength: 60 }),
    /** With it a person nobody registered yet is registered, by the document the doctor sees. */
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  }),
  Type.Object({
    by: Type.Union([Type.Literal('phone'), Type.Literal('qr')]),
    text: Type.String({ minLength: 1, maxLength: 200 }),
  }),
  Type.Object({ by: Type.Literal('recent'), session_id: Id }),
]);

export const AddRequest = Type.Object({
  session_id: Id,
  patient_id: Id,
  reason: Type.Enum([...addReasons]),
});
export const Added = Type.Object({
  order_id: Id,
  state: Type.Enum(['given', 'asked']),
  appointment_id: MaybeId,
  sequence: MaybeWhole,
});
export const SessionQuery = Type.Object({ session_id: Id });
export const OrderParams = Type.Object({ order_id: Id });
export const RefuseRequest = Type.Object({ refusal: Type.Enum([...addRefusals]) });
export const Decided = Type.Object({
  state: Type.Enum(['given', 'refused']),
  appointment_id: MaybeId,
});
const Place = {
  service_date: Day,
  period: Type.String(),
  starts_at: Instant,
  ends_at: Instant,
  department_name: Type.String(),
  service_name: Type.String(),
  practitioner_name: MaybeText,
  room: Type.String(),
};
export const Order = Type.Object({
  order_id: Id,
  session_id: Id,
  reason: Type.String(),
  state: Type.String(),
  refusal: MaybeText,
  quota: Type.Integer(),
  within_quota: Type.Boolean(),
  asked_at: Instant,
  name_masked: Type.String(),
  document_masked: Type.String(),
  age: MaybeWhole,
  mine: Type.Boolean(),
  ...Place,
});
export const Asked = Type.Object({ orders: Type.Array(Order) });
export const SessionAdded = Type.Object({
  quota: Type.Integer(),
  used: Type.Integer(),
  orders: Type.Array(Order),
});

export const MonthQuery = Type.Object({
  month: Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' }),
});
const counts = {
  within_quota: Type.Integer(),
  approved: Type.Integer(),
  refused: Type.Integer(),
  expired: Type.Integer(),
};
export const Report = Type.Object({
  month: Type.String(),
  rows: Type.Array(
    Type.Object({
      department_name: Type.String(),
      practitioner_name: MaybeText,
      reason: Type.String(),
      ...counts,
    }),
  ),
  patients: Type.Object(counts),
  staff: Type.Object(counts),
  concentrated: Type.Array(
    Type.Object({ staff_name: Type.String(), name_masked: Type.String(), given: Type.Integer() }),
  ),
});
export const Quotas = Type.Object({
  quotas: Type.Array(
    Type.Object({
      department_id: Id,
      department_name: Type.String(),
      share: Type.Number(),
      version: Type.Integer(),
    }),
  ),
});
export const QuotaRequest = Type.Object({
  department_id: Id,
  share: Type.Number({ minimum: 0, maximum: 1 }),
});
export const QuotaSet = Type.Object({ version: Type.Integer() });

export const SourceQuery = Type.Object({ appointment_id: Id });
export const GreenOffers = Type.Object({
  offers: Type.Array(Type.Object({ session_id: Id, reserved_free: Type.Integer(), ...Place })),
});
export const GreenRequest = Type.Object({
  appointment_id: Id,
  session_id: Id,
  reason: Type.Enum([...greenReasons]),
});
export const Given = Type.Object({ appointment_id: Id });
export const HospitalParams = Type.Object({ hospital_id: Id });
export const GreenTotals = Type.Object({
  months: Type.Array(Type.Object({ month: Type.String(), total: Type.Integer() })),
});

export const FollowUpTimes = Type.Object({
  sessions: Type.Array(Type.Object({ session_id: Id, free: Type.Integer(), ...Place })),
  /** The patient's running plan at this clinic, if there is one. */
  plan: Type.Union([
    Type.Object({
      plan_id: Id,
      every_months: Type.Integer(),
      times: Type.Integer(),
      done: Type.Integer(),
      next_due: Day,
    }),
    Type.Null(),
  ]),
});
export const NextRequest = Type.Object({
  appointment_id: Id,
  session_id: Type.Optional(MaybeId),
  every_months: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 12 }), Type.Null()])),
  times: Type.Integer({ minimum: 1, maximum: 24, default: 4 }),
  first_due: Type.Optional(Type.Union([Day, Type.Null()])),
});
export const NextBooked = Type.Object({ appointment_id: MaybeId, plan_id: MaybeId });
export const PlanParams = Type.Object({ plan_id: Id });
export const Done = Type.Object({ done: Type.Boolean() });

export const Mine = Type.Object({
  added: Type.Array(
    Type.Object({
      order_id: Id,
      name_masked: Type.String(),
      reason: Type.String(),
      state: Type.String(),
      refusal: MaybeText,
      appointment_id: MaybeId,
      asked_at: Instant,
      ...Place,
    }),
  ),
  plans: Type.Array(
    Type.Object({
      plan_id: Id,
      name_masked: Type.String(),
      service_name: Type.String(),
      practitioner_name: MaybeText,
      every_months: Type.Integer(),
      times: Type.Integer(),
      done: Type.Integer(),
      next_due: Day,
      appointment_id: MaybeId,
      hospital_id: Id,
      department_id: MaybeId,
    }),
  ),
});
export const VisitParams = Type.Object({ appointment_id: Id });
export const MoveTimes = Type.Object({
  numbers: Type.Array(
    Type.Object({ slot_id: Id, service_date: Day, starts_at: Instant, ends_at: Instant }),
  ),
});
