import { Type } from 'typebox';
import { clearReasons } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const MaybeText = Type.Union([Type.String(), Type.Null()]);

const visit = {
  conduct_id: Id,
  appointment_id: Id,
  patient_id: Id,
  name_masked: Type.String(),
  kind: Type.String(),
  happened_at: Instant,
  service_date: Type.String({ format: 'date' }),
  service_name: Type.String(),
  department_name: Type.String(),
  /** False when nothing proves that the person was told: then it counts as nothing. */
  counts: Type.Boolean(),
};
const Visit = Type.Object(visit);

const restriction = {
  restriction_id: Id,
  patient_id: Id,
  name_masked: Type.String(),
  /** Which ladder, or `migrated` from the system before. */
  kind: Type.String(),
  starts_at: Instant,
  until: Instant,
  visits: Type.Array(Visit),
};

export const Mine = Type.Object({
  restrictions: Type.Array(
    Type.Object({
      ...restriction,
      hospital_id: Id,
      /** Whose list it is: each hospital has its own. */
      hospital_name: Type.String(),
      how_to_appeal: Type.String(),
      stays_open: Type.Array(Type.String()),
      appeal: Type.Union([
        Type.Object({
          appeal_id: Id,
          state: Type.String(),
          due_at: Instant,
          answer: MaybeText,
        }),
        Type.Null(),
      ]),
    }),
  ),
  conduct: Type.Array(Type.Object({ ...visit, hospital_name: Type.String() })),
});

export const RestrictionParams = Type.Object({ restriction_id: Id });
export const AppealRequest = Type.Object({
  text: Type.String({ minLength: 2, maxLength: 1000 }),
  /** Which paper shows it, e.g. a certificate's number; small text. */
  document: Type.Optional(Type.String({ maxLength: 2000 })),
});
export const Appealed = Type.Object({ appeal_id: Id, due_at: Instant });

export const ConductQuery = Type.Object({ patient_id: Type.Optional(Id) });
export const Conduct = Type.Object({
  restrictions: Type.Array(Type.Object(restriction)),
  conduct: Type.Array(Visit),
});
export const ClearParams = Type.Object({ conduct_id: Id });
export const ClearRequest = Type.Object({ reason: Type.Enum([...clearReasons]) });
export const Done = Type.Object({ done: Type.Boolean() });

export const ClearancesQuery = Type.Object({
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
});
export const Clearances = Type.Object({
  days: Type.Integer(),
  clearances: Type.Array(
    Type.Object({
      clerk: Type.String(),
      clerk_name: Type.String(),
      reason: Type.String(),
      visits: Type.Integer(),
      patients: Type.Integer(),
    }),
  ),
});

export const Appeals = Type.Object({
  appeals: Type.Array(
    Type.Object({
      appeal_id: Id,
      restriction_id: Id,
      patient_id: Id,
      name_masked: Type.String(),
      text: Type.String(),
      document: MaybeText,
      appealed_at: Instant,
      due_at: Instant,
      overdue: Type.Boolean(),
      until: Type.Union([Instant, Type.Null()]),
      visits: Type.Array(Visit),
    }),
  ),
});
export const AppealParams = Type.Object({ appeal_id: Id });
export const DecideRequest = Type.Object({
  uphold: Type.Boolean(),
  answer: Type.String({ minLength: 2, maxLength: 1000 }),
});
