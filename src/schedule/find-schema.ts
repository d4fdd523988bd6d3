import { Type } from 'typebox';
import { ageSpecialties, bodyParts } from './symptoms.data.ts';

const Id = Type.String({ format: 'uuid' });
const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableInstant = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const Line = Type.String({ minLength: 2, maxLength: 80, pattern: '\\S' });

const departmentFields = {
  hospital_id: Id,
  hospital_name: Type.String(),
  department_id: Id,
  department_name: Type.String(),
  place: Type.String(),
  campus_name: Type.String(),
  campus_address: Type.String(),
};
const Department = Type.Object({
  ...departmentFields,
  specialty_name: Type.String(),
  why: Type.Enum(['name', 'guidance']),
});

export const SearchQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 40 }),
  hospital_id: Type.Optional(Id),
});
export const Found = Type.Object({
  hospitals: Type.Array(Type.Object({ hospital_id: Id, hospital_name: Type.String() })),
  departments: Type.Array(Department),
  clinics: Type.Array(
    Type.Object({
      ...departmentFields,
      id: Id,
      name: Type.String(),
      level: Type.String(),
      practitioner_name: NullableText,
      practitioner_title: NullableText,
      practitioner_speciality: NullableText,
    }),
  ),
  complaints: Type.Array(Type.String()),
  urgent: Type.Boolean(),
});

const Part = Type.Enum(bodyParts.map(([id]) => id));
const ages = Object.keys(ageSpecialties) as (keyof typeof ageSpecialties)[];
export const GuideQuery = Type.Object({
  part: Part,
  age: Type.Enum(ages),
  hospital_id: Type.Optional(Id),
});
export const GuideParts = Type.Object({
  parts: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
});
export const Guided = Type.Object({
  departments: Type.Array(Department),
  complaints: Type.Array(Type.String()),
  urgent: Type.Array(Type.String()),
});

export const CalledOffQuery = Type.Object({ hospital_id: Type.Optional(Id) });
export const CalledOff = Type.Object({
  from: Type.String(),
  to: Type.String(),
  sessions: Type.Array(
    Type.Object({
      session_id: Id,
      hospital_id: Id,
      hospital_name: Type.String(),
      campus_name: Type.String(),
      department_id: Id,
      department_name: Type.String(),
      service_name: Type.String(),
      service_date: Type.String(),
      period: Type.String(),
      practitioner_name: NullableText,
      kind: Type.Enum(['stopped', 'substituted']),
      instead_of: NullableText,
    }),
  ),
});

export const RedFlagSets = Type.Object({
  sets: Type.Array(
    Type.Object({
      specialty_code: Type.String(),
      specialty_name: Type.String(),
      lines: Type.Array(Type.String()),
      general: Type.Array(Type.String()),
      approved_at: NullableInstant,
    }),
  ),
});
export const RedFlagParams = Type.Object({
  specialty_code: Type.String({ pattern: '^(all|\\d{2}(\\.\\d{2})?)$' }),
});
export const RedFlagBody = Type.Object({
  lines: Type.Array(Line, { minItems: 1, maxItems: 12, uniqueItems: true }),
});
export const Approved = Type.Object({ specialty_code: Type.String() });

export const CampusParams = Type.Object({ campus_id: Id });
export const PlaceBody = Type.Object({
  address: Type.String({ minLength: 2, maxLength: 120 }),
  position: Type.Union([
    Type.Object({
      latitude: Type.Number({ minimum: -90, maximum: 90 }),
      longitude: Type.Number({ minimum: -180, maximum: 180 }),
    }),
    Type.Null(),
  ]),
});
export const Placed = Type.Object({ campus_id: Id });
