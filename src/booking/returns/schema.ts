import { Type } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const MaybeId = Type.Union([Id, Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const State = Type.Enum(['open', 'used', 'over']);

export const VisitParams = Type.Object({ appointment_id: Id });
const Known = Type.Object({ state: State, last_day: Day });
export const ReturnOfVisit = Type.Object({ found: Type.Union([Known, Type.Null()]) });
export const Opened = Type.Object({ return_id: Id, last_day: Day });
export const JoinRequest = Type.Object({
  session_id: Id,
  document_type: Type.Optional(Type.String({ maxLength: 40 })),
  document_number: Type.String({ minLength: 1, maxLength: 60 }),
});
export const Joined = Type.Object({ appointment_id: Id, sequence: Type.Integer() });
export const Mine = Type.Object({
  returns: Type.Array(
    Type.Object({
      return_id: Id,
      name_masked: Type.String(),
      state: State,
      last_day: Day,
      hospital_name: Type.String(),
      campus_name: Type.String(),
      department_name: Type.String(),
      service_date: Day,
      practitioner_name: MaybeText,
      service_name: Type.String(),
      appointment_id: MaybeId,
    }),
  ),
});
