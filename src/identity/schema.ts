import { Type } from 'typebox';
import { DOCUMENT_TYPES, type DocumentType } from './documents/index.ts';
import { roles } from './permissions.ts';
import { GivenConsents } from './privacy/schema.ts';
import { relations } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const WallDate = Type.String({ format: 'date' });
const Username = Type.String({ minLength: 2, maxLength: 40, pattern: '^[A-Za-z0-9._-]+$' });
const Password = Type.String({ minLength: 1, maxLength: 200 });
const DisplayName = Type.String({ minLength: 1, maxLength: 40 });
const Phone = Type.String({ maxLength: 40 });
const DocumentTypeName = Type.Enum(Object.keys(DOCUMENT_TYPES) as DocumentType[]);
const RelationName = Type.Enum([...relations]);
const SexName = Type.Enum(['male', 'female']);

export const Done = Type.Object({ done: Type.Boolean() });

export const CodeRequest = Type.Object({
  phone: Phone,
  channel: Type.Optional(Type.Enum(['sms', 'voice'])),
});
export const CodeReply = Type.Object({ expires_at: Instant });

export const SignInRequest = Type.Object({
  phone: Phone,
  code: Type.String({ pattern: '^[0-9]{6}$' }),
  /** The id of this browser's key from before, so that one browser stays one. */
  device_key_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' })),
});
/** What a browser signs its writes with. */
export const RequestKey = Type.Object({
  device_key_id: Type.String(),
  key: Type.String(),
  now: Instant,
});
export const SignInReply = Type.Object({
  account_id: Id,
  opened: Type.Boolean(),
  expires_at: Instant,
  request_key: Type.Optional(RequestKey),
});
export const SessionReply = Type.Object({
  kind: Type.Enum(['account', 'staff']),
  expires_at: Instant,
});
export const AccountReply = Type.Object({
  account_id: Id,
  phone_masked: Type.String(),
  elder_mode: Type.Boolean(),
});
export const ElderModeBody = Type.Object({ elder_mode: Type.Boolean() });

const personFields = {
  name: Type.String({ minLength: 1, maxLength: 50 }),
  document_type: DocumentTypeName,
  document_number: Type.String({ minLength: 1, maxLength: 60 }),
  birth_date: Type.Optional(WallDate),
  sex: Type.Optional(SexName),
  phone: Type.Optional(Phone),
  guardian_patient_id: Type.Optional(Id),
};
export const PatientRequest = Type.Object({
  ...personFields,
  relation: RelationName,
  /** The separate agreements that adding this person needs, each with the version that was read. */
  consents: Type.Optional(GivenConsents),
  /** Goes on without the authority's word where it has none; staff then look at the document. */
  manual: Type.Optional(Type.Boolean()),
});
export const WindowPatientRequest = Type.Object(personFields);
export const NameRequest = Type.Object({
  name: personFields.name,
  /** What staff saw: the former name is kept sealed with it. */
  proof: Type.Optional(
    Type.Enum(['id_card', 'household_register', 'police_certificate', 'clerical']),
  ),
});
export const PatientParams = Type.Object({ patient_id: Id });

const maskedFields = {
  patient_id: Id,
  name_masked: Type.String(),
  document_type: Type.String(),
  document_masked: Type.String(),
  age: Type.Union([Type.Integer(), Type.Null()]),
  sex: Type.String(),
  check: Type.String(),
};
export const WindowPatientReply = Type.Object({ ...maskedFields, created: Type.Boolean() });
export const PatientsReply = Type.Object({
  patients: Type.Array(
    Type.Object({
      ...maskedFields,
      relation: Type.String(),
      /** pending, trial, active or delegate. */
      state: Type.String(),
      /** The state of the document's check by staff: open, accepted, refused; null without one. */
      document_case: Type.Union([Type.String(), Type.Null()]),
      /** Whether the patient's own phone is known, so that a code needs no number. */
      phone_known: Type.Boolean(),
    }),
  ),
  limits: Type.Object({
    patients_account_max: Type.Integer(),
    removals_max: Type.Integer(),
    churn_days: Type.Integer(),
    trial_bookings_max: Type.Integer(),
  }),
});
export const PatientAdded = Type.Object({ patient_id: Id, state: Type.String() });
export const PatientInClearReply = Type.Object({
  patient_id: Id,
  name: Type.String(),
  document_type: Type.String(),
  document_number: Type.String(),
  birth_date: Type.Union([Type.String(), Type.Null()]),
  sex: Type.String(),
  phone: Type.Union([Type.String(), Type.Null()]),
  check: Type.String(),
});
export const PurposeQuery = Type.Object({
  purpose: Type.Optional(Type.Enum(['window', 'check-in', 'visit', 'complaint'])),
});

export const StaffSignInRequest = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 40 }),
  password: Password,
});
export const StaffMeReply = Type.Object({
  staff_id: Id,
  username: Type.String(),
  display_name: Type.String(),
  hospital_id: Type.Union([Id, Type.Null()]),
  roles: Type.Array(Type.String()),
  permissions: Type.Array(Type.String()),
});
export const PasswordRequest = Type.Object({
  current_password: Password,
  new_password: Password,
});
export const MemberRequest = Type.Object({
  username: Username,
  display_name: DisplayName,
  password: Password,
  roles: Type.Array(Type.Enum([...roles]), { minItems: 1, maxItems: roles.length }),
  /** Only an administrator of no hospital chooses one; others create staff for their own. */
  hospital_id: Type.Optional(Id),
});
export const MemberCreated = Type.Object({ staff_id: Id });
export const MemberParams = Type.Object({ staff_id: Id });
export const MembersReply = Type.Object({
  members: Type.Array(
    Type.Object({
      staff_id: Id,
      username: Type.String(),
      display_name: Type.String(),
      hospital_id: Type.Union([Id, Type.Null()]),
      roles: Type.Array(Type.String()),
      disabled: Type.Boolean(),
    }),
  ),
});

export const SetupStateReply = Type.Object({ needed: Type.Boolean() });
export const SetupRequest = Type.Object({
  code: Type.String({ minLength: 8, maxLength: 20 }),
  username: Username,
  password: Password,
  display_name: DisplayName,
});

export const DemoReply = Type.Object({
  staff: Type.Array(
    Type.Object({
      username: Type.String(),
      password: Type.String(),
      display_name: Type.String(),
      role: Type.String(),
    }),
  ),
  phones: Type.Array(Type.String()),
  people: Type.Array(
    Type.Object({
      name: Type.String(),
      document_number: Type.String(),
      phone: Type.String(),
    }),
  ),
});
export const OutboxReply = Type.Object({
  messages: Type.Array(
    Type.Object({
      id: Id,
      channel: Type.String(),
      to: Type.String(),
      text: Type.String(),
      created_at: Instant,
    }),
  ),
});
