import { Type } from 'typebox';
import { referralReasons, referralRefusals, urgencies } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeId = Type.Union([Id, Type.Null()]);
const MaybeInstant = Type.Union([Instant, Type.Null()]);
const MaybeWhole = Type.Union([Type.Integer(), Type.Null()]);
const Name = Type.String({ minLength: 1, maxLength: 60 });
const Phone = Type.String({ maxLength: 30, default: '' });
const Per = Type.Enum(['week', 'month']);

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

export const Times = Type.Object({
  institution_name: Type.String(),
  times: Type.Array(
    Type.Object({
      session_id: Id,
      department_id: Id,
      campus_name: Type.String(),
      free: Type.Integer(),
      left: MaybeWhole,
      at_once: Type.Boolean(),
      ...Place,
    }),
  ),
});
export const SendRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  document_type: Type.String({ maxLength: 40, default: 'resident_id' }),
  document_number: Type.String({ minLength: 1, maxLength: 60 }),
  session_id: Id,
  reason: Type.Enum([...referralReasons]),
  urgency: Type.Enum([...urgencies]),
  note: Type.Optional(Type.String({ maxLength: 500 })),
});
export const Sent = Type.Object({
  referral_id: Id,
  state: Type.Enum(['given', 'asked']),
  appointment_id: MaybeId,
  sequence: MaybeWhole,
  number_at: MaybeInstant,
});
const referral = {
  referral_id: Id,
  session_id: Id,
  institution_name: Type.String(),
  reason: Type.String(),
  urgency: Type.String(),
  state: Type.String(),
  refusal: MaybeText,
  within_quota: Type.Boolean(),
  quota: MaybeWhole,
  name_masked: Type.String(),
  sent_at: Instant,
  appointment_id: MaybeId,
  /** What became of the visit it led to. */
  visit_status: MaybeText,
  sequence: MaybeWhole,
  number_at: MaybeInstant,
  ...Place,
};
const ofStaff = {
  ...referral,
  document_masked: Type.String(),
  age: MaybeWhole,
  institution_phone: Type.String(),
  has_note: Type.Boolean(),
  mine: Type.Boolean(),
};
export const Referrals = Type.Object({ referrals: Type.Array(Type.Object(ofStaff)) });
export const Opened = Type.Object({ ...ofStaff, note: MaybeText });
export const Mine = Type.Object({
  referrals: Type.Array(Type.Object({ ...referral, institution_phone: Type.String() })),
});
export const ReferralParams = Type.Object({ referral_id: Id });
export const VisitQuery = Type.Object({ appointment_id: Id });
export const RefuseRequest = Type.Object({ refusal: Type.Enum([...referralRefusals]) });
export const Decided = Type.Object({
  state: Type.Enum(['given', 'refused']),
  appointment_id: MaybeId,
});
export const Done = Type.Object({ done: Type.Boolean() });

const Account = Type.Object({ staff_id: Id, display_name: Type.String() });
export const Institutions = Type.Object({
  institutions: Type.Array(
    Type.Object({
      institution_id: Id,
      code: Type.String(),
      name: Type.String(),
      phone: Type.String(),
      closed: Type.Boolean(),
      referrers: Type.Array(Account),
      quotas: Type.Array(
        Type.Object({
          department_id: Id,
          department_name: Type.String(),
          healthcare_service_id: MaybeId,
          service_name: MaybeText,
          per: Per,
          numbers: Type.Integer(),
          version: Type.Integer(),
        }),
      ),
    }),
  ),
  unbound: Type.Array(Account),
});
export const InstitutionParams = Type.Object({ institution_id: Id });
export const AddInstitution = Type.Object({ code: Name, name: Name, phone: Phone });
export const ChangeInstitution = Type.Object({ name: Name, phone: Phone, closed: Type.Boolean() });
export const InstitutionAdded = Type.Object({ institution_id: Id });
export const BindReferrer = Type.Object({ staff_id: Id });
export const QuotaRequest = Type.Object({
  department_id: Id,
  healthcare_service_id: Type.Optional(MaybeId),
  per: Per,
  numbers: Type.Union([Type.Integer({ minimum: 0, maximum: 10_000 }), Type.Null()]),
});
export const QuotaSet = Type.Object({ version: Type.Integer() });

export const MonthQuery = Type.Object({
  month: Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' }),
});
const whole = Type.Integer();
export const Report = Type.Object({
  month: Type.String(),
  rows: Type.Array(
    Type.Object({
      institution_name: Type.String(),
      department_name: Type.String(),
      ...{ quota: whole, sent: whole, at_once: whole, by_office: whole, refused: whole },
      ...{ expired: whole, waiting: whole, seen: whole, missed: whole, given_back: whole },
    }),
  ),
  departments: Type.Array(
    Type.Object({ department_name: Type.String(), reserved: whole, used: whole }),
  ),
  total: Type.Object({ quota: whole, sent: whole, given: whole, seen: whole }),
});
