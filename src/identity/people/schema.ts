import { Type } from 'typebox';
import { delegateKinds } from './delegates.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const WallDate = Type.String({ format: 'date' });
const Name = Type.String({ minLength: 1, maxLength: 50 });
const Number = Type.String({ minLength: 1, maxLength: 60 });
const Phone = Type.String({ maxLength: 40 });
const Kind = Type.Enum([...delegateKinds]);
const Count = Type.Integer();

export const Params = Type.Object({ patient_id: Id });
export const Done = Type.Object({ done: Type.Boolean() });
export const State = Type.Object({ state: Type.String() });

export const SendCode = Type.Object({
  phone: Type.Optional(Phone),
  channel: Type.Optional(Type.Enum(['sms', 'voice'])),
});
export const CodeSent = Type.Object({ phone_end: Type.String(), expires_at: Instant });
export const Confirm = Type.Object({
  code: Type.String({ pattern: '^[0-9]{6}$' }),
  phone: Type.Optional(Phone),
});
export const Credential = Type.Object({
  credential: Type.String({ minLength: 6, maxLength: 200 }),
});
export const Card = Type.Object({ name: Name, document_number: Number });

export const Links = Type.Object({
  links: Type.Array(
    Type.Object({
      account_id: Id,
      phone_masked: Type.String(),
      relation: Type.String(),
      state: Type.String(),
      since: Instant,
    }),
  ),
});
export const LinkParams = Type.Object({ patient_id: Id, account_id: Id });
export const Answer = Type.Object({ accept: Type.Boolean() });
export const Merge = Type.Object({ into_patient_id: Id });

export const Archives = Type.Object({
  archives: Type.Array(
    Type.Object({
      archive_id: Id,
      number: Type.String(),
      chosen: Type.Boolean(),
      checked: Type.Boolean(),
      ended: Type.Boolean(),
    }),
  ),
});
export const NewArchive = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) });
export const ArchiveParams = Type.Object({ patient_id: Id, archive_id: Id });
export const Choice = Type.Object({ end_others: Type.Boolean() });

export const Checks = Type.Object({
  checks: Type.Array(
    Type.Object({
      method: Type.String(),
      result: Type.String(),
      source: Type.String(),
      checked_at: Instant,
    }),
  ),
});

const Masked = Type.Object({
  patient_id: Id,
  name_masked: Type.String(),
  document_type: Type.String(),
  document_masked: Type.String(),
  age: Type.Union([Type.Integer(), Type.Null()]),
});
export const Cases = Type.Object({
  cases: Type.Array(
    Type.Object({
      case_id: Id,
      kind: Type.String(),
      patient: Masked,
      appointment_id: Type.Union([Id, Type.Null()]),
      note: Type.Union([Type.String(), Type.Null()]),
      bookings: Count,
      opened_on: WallDate,
    }),
  ),
});
export const CaseParams = Type.Object({ case_id: Id });
export const Decision = Type.Object({
  accept: Type.Boolean(),
  note: Type.Optional(Type.String({ maxLength: 500 })),
});

export const AskToHelp = Type.Object({
  hospital_id: Id,
  organisation: Type.String({ minLength: 2, maxLength: 40 }),
  kind: Kind,
  name: Name,
  document_number: Number,
  valid_until: WallDate,
});
export const Helper = Type.Object({
  delegate: Type.Union([
    Type.Null(),
    Type.Object({
      delegate_id: Id,
      organisation: Type.String(),
      kind: Kind,
      valid_until: WallDate,
      state: Type.String(),
      day_max: Count,
      month_max: Count,
      used_today: Count,
      used_month: Count,
    }),
  ]),
});
export const DelegateId = Type.Object({ delegate_id: Id });
export const Helped = Type.Object({
  name: Name,
  document_type: Type.String({ maxLength: 40 }),
  document_number: Number,
  birth_date: Type.Optional(WallDate),
  phone: Type.Optional(Phone),
  /** Number of the sheet the patient signed, as the organisation keeps it. */
  paper_reference: Type.Optional(Type.String({ maxLength: 60 })),
});
export const HelpedReply = Type.Object({ patient_id: Id, state: Type.String() });
export const Delegates = Type.Object({
  delegates: Type.Array(
    Type.Object({
      delegate_id: Id,
      organisation: Type.String(),
      kind: Kind,
      name_masked: Type.String(),
      document_masked: Type.String(),
      valid_until: WallDate,
      state: Type.String(),
      day_max: Count,
      month_max: Count,
      month_used: Count,
      patients: Count,
    }),
  ),
});
export const DelegateDecision = Type.Object({
  state: Type.Enum(['approved', 'refused', 'ended']),
  day_max: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  month_max: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});
