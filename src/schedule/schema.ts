import { Type } from 'typebox';
import { causes } from './store-changes.ts';

const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Nullable = <T extends ReturnType<typeof Type.String>>(shape: T) =>
  Type.Union([shape, Type.Null()]);

export const HospitalIdParams = Type.Object({ hospital_id: Id });
export const DepartmentIdParams = Type.Object({ department_id: Id });
export const SessionIdParams = Type.Object({ session_id: Id });
export const KindParams = Type.Object({
  kind: Type.Union([
    Type.Literal('departments'),
    Type.Literal('doctors'),
    Type.Literal('sessions'),
  ]),
});

const hospitalFields = {
  id: Id,
  code: Type.String(),
  name: Type.String(),
  level: Type.String(),
  address: Type.String(),
  phone: Type.String(),
};

const Degrees = Type.Union([Type.Number(), Type.Null()]);
const Campus = Type.Object({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  address: Type.String(),
  latitude: Degrees,
  longitude: Degrees,
});

export const Hospitals = Type.Object({
  hospitals: Type.Array(Type.Object({ ...hospitalFields, campuses: Type.Array(Campus) })),
});

const Service = Type.Object({
  id: Id,
  department_id: Id,
  code: Type.String(),
  name: Type.String(),
  level: Type.String(),
  title: Type.String(),
  registration_fee_fen: Type.Integer(),
  consultation_fee_fen: Type.Integer(),
  time_critical: Nullable(Type.String()),
  practitioner_id: Nullable(Type.String()),
  practitioner_name: Nullable(Type.String()),
  practitioner_title: Nullable(Type.String()),
  practitioner_speciality: Nullable(Type.String()),
});

export const Services = Type.Object({ services: Type.Array(Service) });

export const HospitalDetail = Type.Object({
  ...hospitalFields,
  campuses: Type.Array(Campus),
  departments: Type.Array(
    Type.Object({
      id: Id,
      campus_id: Id,
      code: Type.String(),
      name: Type.String(),
      specialty_code: Type.String(),
      specialty_name: Type.String(),
      place: Type.String(),
    }),
  ),
  services: Type.Array(Service),
});

export const SessionsQuery = Type.Object({
  from: Day,
  to: Day,
  department_id: Type.Optional(Id),
  healthcare_service_id: Type.Optional(Id),
  practitioner_id: Type.Optional(Id),
});

export const Sessions = Type.Object({
  sessions: Type.Array(
    Type.Object({
      id: Id,
      campus_id: Id,
      campus_name: Type.String(),
      department_id: Id,
      department_name: Type.String(),
      place: Type.String(),
      healthcare_service_id: Id,
      service_name: Type.String(),
      level: Type.String(),
      time_critical: Nullable(Type.String()),
      registration_fee_fen: Type.Integer(),
      consultation_fee_fen: Type.Integer(),
      practitioner_id: Nullable(Type.String()),
      practitioner_name: Nullable(Type.String()),
      practitioner_title: Nullable(Type.String()),
      service_date: Type.String(),
      period: Type.String(),
      room: Type.String(),
      starts_at: Type.String(),
      ends_at: Type.String(),
      numbers: Type.Integer(),
      direct_pools: Type.Record(Type.String(), Type.Integer()),
      patient_bookings_max: Type.Integer(),
      master: Type.String(),
      mode: Type.String(),
      status: Type.String(),
      stop_reason: Nullable(Type.String()),
      substitute_for: Nullable(Type.String()),
    }),
  ),
});

const Reason = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' });
const Lateness = Type.Enum(['in_time', 'short', 'late']);
const Cause = Type.Enum([...causes]);

export const StopBody = Type.Object({ reason: Reason, cause: Type.Optional(Cause) });
export const SubstituteBody = Type.Object({
  practitioner_id: Id,
  reason: Reason,
  cause: Type.Optional(Cause),
});
export const Substituted = Type.Object({ session_id: Id, lateness: Lateness });
export const ChangeCheck = Type.Object({
  lateness: Lateness,
  substitutes: Type.Array(
    Type.Object({ practitioner_id: Id, name: Type.String(), title: Type.String() }),
  ),
});
export const ReportQuery = Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) });
export const ChangeReport = Type.Object({
  from: Day,
  to: Day,
  doctors: Type.Array(
    Type.Object({
      practitioner_id: Id,
      name: Type.String(),
      title: Type.String(),
      stops: Type.Integer(),
      substitutions: Type.Integer(),
      late: Type.Integer(),
      unannounced: Type.Integer(),
      suspend_due: Type.Boolean(),
    }),
  ),
});
export const Privacy = Type.Object({ sensitive: Type.Boolean() });
export const AssignBody = Type.Object({ practitioner_id: Id });
export const Done = Type.Object({ session_id: Id, status: Type.String() });

export const ImportQuery = Type.Object({ dry_run: Type.Boolean({ default: true }) });

export const ImportReport = Type.Object({
  kind: Type.String(),
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

export const ImportRuns = Type.Object({
  imports: Type.Array(
    Type.Object({
      id: Id,
      kind: Type.String(),
      file_name: Type.String(),
      file_sha256: Type.String(),
      rows: Type.Integer(),
      created: Type.Integer(),
      updated: Type.Integer(),
      staff_id: Nullable(Type.String()),
      committed_at: Type.String(),
    }),
  ),
});
