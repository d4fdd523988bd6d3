import { Type } from 'typebox';
import { RuleSet } from './rule-set.ts';

const Day = Type.String({ format: 'date' });

export const HospitalParams = Type.Object({ hospital_id: Type.String({ format: 'uuid' }) });

const Section = Type.Object({ heading: Type.String(), lines: Type.Array(Type.String()) });

/** What everyone may read before signing in: the rules in words, and the next ones if they are known. */
export const PublicRules = Type.Object({
  hospital_id: Type.String(),
  version: Type.Integer(),
  effective_from: Type.Union([Type.String(), Type.Null()]),
  sections: Type.Array(Section),
  next: Type.Union([
    Type.Object({ effective_from: Type.String(), sections: Type.Array(Section) }),
    Type.Null(),
  ]),
});

const Version = Type.Object({
  version: Type.Integer(),
  effective_from: Type.String(),
  rules: RuleSet,
  reason: Type.String(),
  written_at: Type.String(),
  in_force: Type.Boolean(),
});

export const StaffRules = Type.Object({
  versions: Type.Array(Version),
  plain: RuleSet,
  presets: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      about: Type.String(),
      rules: RuleSet,
    }),
  ),
});

export const WriteRequest = Type.Object(
  {
    base_version: Type.Integer({ minimum: 0 }),
    effective_from: Day,
    reason: Type.String({ minLength: 4, maxLength: 300, title: '为什么修改' }),
    rules: RuleSet,
  },
  { additionalProperties: false },
);

export const Written = Type.Object({ version: Type.Integer(), effective_from: Type.String() });

export const DryRunRequest = Type.Object(
  {
    rules: RuleSet,
    days: Type.Integer({ minimum: 1, maximum: 366, title: '按最近多少天的预约试算' }),
  },
  { additionalProperties: false },
);

const ByAge = Type.Object({
  '0-13': Type.Integer(),
  '14-59': Type.Integer(),
  '60+': Type.Integer(),
  unknown: Type.Integer(),
});

/** Counts only: a dry run names nobody. */
export const DryRunReply = Type.Object({
  bookings: Type.Integer(),
  persons: Type.Integer(),
  ages: ByAge,
  refused: Type.Integer(),
  refused_persons: Type.Integer(),
  rules: Type.Array(
    Type.Object({
      code: Type.String(),
      words: Type.String(),
      bookings: Type.Integer(),
      persons: Type.Integer(),
      ages: ByAge,
    }),
  ),
  ladders: Type.Array(
    Type.Object({
      kind: Type.String(),
      count: Type.Integer(),
      restrict_days: Type.Integer(),
      persons: Type.Integer(),
      ages: ByAge,
    }),
  ),
});
