import { Type } from 'typebox';
import { Day, Hex32, Id, Instant, NullableInstant, NullableText } from './schema.ts';

const wishFields = {
  draw_group: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  patient_id: Id,
  healthcare_service_ids: Type.Array(Id, { maxItems: 10 }),
  any_service: Type.Boolean(),
  from_date: Day,
  to_date: Day,
  notice_days: Type.Integer({ minimum: 0, maximum: 30 }),
};
export const WishBody = Type.Object({ hospital_id: Id, ...wishFields });
export const StaffWishBody = Type.Object({
  ...wishFields,
  channel: Type.Optional(Type.Enum(['window', 'phone'])),
});
export const WishParams = Type.Object({ wish_id: Id });
export const PatientParams = Type.Object({ patient_id: Id });
export const WishMade = Type.Object({ wish_id: Id, secret: Hex32 });
export const Wishes = Type.Object({
  wishes: Type.Array(
    Type.Object({
      wish_id: Id,
      hospital_id: Id,
      ...wishFields,
      patient_name_masked: Type.String(),
      services: Type.Array(Type.Object({ id: Id, name: Type.String() })),
      state: Type.String(),
      draws_passed: Type.Integer(),
      created_at: Instant,
    }),
  ),
});

export const DisplacedParams = Type.Object({ displaced_id: Id });
export const DisplacedList = Type.Object({
  displaced: Type.Array(
    Type.Object({
      displaced_id: Id,
      patient_name_masked: Type.String(),
      service_date: Day,
      service_name: Type.String(),
      practitioner_name: NullableText,
      state: Type.String(),
      offer: Type.Union([
        Type.Object({
          appointment_id: Id,
          session_id: Id,
          service_date: Day,
          starts_at: Instant,
          service_name: Type.String(),
        }),
        Type.Null(),
      ]),
    }),
  ),
});

export const ReviewBody = Type.Object({
  hospital_id: Id,
  draw_group: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  patient_id: Id,
  record: Type.String({ minLength: 10, maxLength: 20_000 }),
});
export const ReviewParams = Type.Object({ review_id: Id });
export const AppealBody = Type.Object({ text: Type.String({ minLength: 2, maxLength: 2_000 }) });
export const AnswerBody = Type.Object({
  accept: Type.Boolean(),
  reason: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Null()])),
  other_service_id: Type.Optional(Type.Union([Id, Type.Null()])),
});
export const ReviewMade = Type.Object({ review_id: Id, due_at: Instant });
export const Reviews = Type.Object({
  reviews: Type.Array(
    Type.Object({
      review_id: Id,
      patient_id: Id,
      patient_name_masked: Type.String(),
      draw_group: Type.String(),
      state: Type.String(),
      submitted_at: Instant,
      due_at: Instant,
      decided_at: NullableInstant,
      reason: NullableText,
      other_service_id: Type.Union([Id, Type.Null()]),
      record: Type.String(),
      appeal: NullableText,
    }),
  ),
});

export const DiceBody = Type.Object({
  n: Type.Integer({ minimum: 0, maximum: 999 }),
  throws: Type.String({ minLength: 50, maxLength: 1_000 }),
});
export const DrawResult = Type.Object({
  draw_id: Id,
  code: Type.String(),
  state: Type.String(),
  places: Type.Integer(),
  entries: Type.Integer(),
  classes: Type.Array(
    Type.Object({ id: Type.String(), entries: Type.Integer(), places: Type.Integer() }),
  ),
  returns: Type.Array(
    Type.Object({
      n: Type.Integer(),
      state: Type.String(),
      places: Type.Integer(),
      given: Type.Integer(),
    }),
  ),
  attendance: Type.Union([
    Type.Object({ given: Type.Integer(), attended: Type.Integer(), no_show: Type.Integer() }),
    Type.Null(),
  ]),
});
export const Demand = Type.Object({
  months: Type.Array(
    Type.Object({
      month: Type.String(),
      department_name: Type.String(),
      draws: Type.Integer(),
      places: Type.Integer(),
      entries: Type.Integer(),
    }),
  ),
});
export const ShadowReport = Type.Object({
  entries: Type.Integer(),
  places: Type.Integer(),
  served_in_order: Type.Integer(),
  served_by_draw: Type.Integer(),
  served_by_both: Type.Integer(),
  groups: Type.Array(
    Type.Object({
      group: Type.String(),
      entries: Type.Integer(),
      in_order: Type.Integer(),
      by_draw: Type.Integer(),
    }),
  ),
});
