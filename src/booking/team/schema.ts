import { Type } from 'typebox';
import { escalationReasons, members_max } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Doctor = Type.Object({
  practitioner_id: Id,
  name: Type.String(),
  title: Type.String(),
});
const Team = Type.Object({
  healthcare_service_id: Id,
  service_name: Type.String(),
  department_id: Type.String(),
  department_name: Type.String(),
  closed: Type.Boolean(),
  expert: Doctor,
  members: Type.Array(Doctor),
  months: Type.Array(Type.Object({ month: Type.String(), total: Type.Integer() })),
});
export const Teams = Type.Object({ teams: Type.Array(Team) });
export const TeamsToEdit = Type.Object({
  teams: Type.Array(Team),
  clinics: Type.Array(
    Type.Object({ healthcare_service_id: Id, name: Type.String(), department_name: Type.String() }),
  ),
  doctors: Type.Array(Doctor),
});
export const HospitalParams = Type.Object({ hospital_id: Id });
export const TeamRequest = Type.Object({
  healthcare_service_id: Id,
  expert_id: Id,
  members: Type.Array(Id, { minItems: 1, maxItems: members_max }),
  closed: Type.Boolean({ default: false }),
});
export const TeamSet = Type.Object({ version: Type.Integer() });
export const SourceQuery = Type.Object({ appointment_id: Id });
export const ExpertTimes = Type.Object({
  times: Type.Array(
    Type.Object({
      session_id: Id,
      free: Type.Integer(),
      service_date: Type.String({ format: 'date' }),
      period: Type.String(),
      starts_at: Instant,
      ends_at: Instant,
      department_name: Type.String(),
      service_name: Type.String(),
      practitioner_name: Type.Union([Type.String(), Type.Null()]),
      room: Type.String(),
    }),
  ),
});
export const EscalateRequest = Type.Object({
  appointment_id: Id,
  session_id: Id,
  reason: Type.Enum([...escalationReasons]),
});
export const Escalated = Type.Object({ appointment_id: Id });
