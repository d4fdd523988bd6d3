import { Type } from 'typebox';

export const Id = Type.String({ format: 'uuid' });
export const Instant = Type.Unsafe<Date>({ type: 'string', format: 'date-time' });
export const NullableInstant = Type.Unsafe<Date | null>({
  anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
});
export const NullableText = Type.Union([Type.String(), Type.Null()]);
export const Day = Type.String({ format: 'date' });
export const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const DrawIdParams = Type.Object({ draw_id: Id });
export const SessionIdParams = Type.Object({ session_id: Id });
export const DepartmentIdParams = Type.Object({ department_id: Id });
export const EntryParams = Type.Object({ e: Hex32 });
export const BundleParams = Type.Object({ draw_id: Id, '*': Type.String({ maxLength: 100 }) });
export const DaysQuery = Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) });
export const HospitalQuery = Type.Object({ hospital_id: Id });

const sessionFields = {
  session_id: Id,
  service_date: Day,
  mode: Type.String(),
  period: Type.String(),
  starts_at: Instant,
  ends_at: Instant,
  room: Type.String(),
  hospital_id: Id,
  hospital_name: Type.String(),
  campus_name: Type.String(),
  campus_address: Type.String(),
  department_id: Id,
  department_name: Type.String(),
  service: Type.Object({
    id: Id,
    name: Type.String(),
    level: Type.String(),
    registration_fee_fen: Type.Integer(),
    consultation_fee_fen: Type.Integer(),
  }),
  practitioner: Type.Union([
    Type.Object({ id: Id, name: Type.String(), title: Type.String() }),
    Type.Null(),
  ]),
  method: Type.String(),
  state: Type.String(),
  release_at: NullableInstant,
  release_text: NullableText,
  draw_id: Type.Union([Id, Type.Null()]),
  free_numbers: Type.Integer(),
};

export const Availability = Type.Object({
  days: Type.Array(Day),
  sessions: Type.Array(Type.Object(sessionFields)),
});

const Session = Type.Object(sessionFields);
export const Soon = Type.Object({ today: Day, sessions: Type.Array(Session) });
export const Besides = Type.Object({
  hospital_id: Id,
  department_id: Id,
  department_name: Type.String(),
  phone: Type.String(),
  red_flags: Type.Object({ lines: Type.Array(Type.String()), approved_at: NullableInstant }),
  soon: Type.Array(Session),
  equals: Type.Array(Session),
});

export const SessionDetail = Type.Object({
  ...sessionFields,
  cancel_until: Instant,
  late_from: NullableInstant,
  hold_minutes: Type.Integer(),
  internet_prior_days: Type.Integer(),
  numbers: Type.Array(
    Type.Object({ slot_id: Id, sequence: Type.Integer(), starts_at: Instant, ends_at: Instant }),
  ),
});

export const Draw = Type.Object({
  draw_id: Id,
  code: Type.String(),
  number: Type.Integer(),
  group: Type.String(),
  kind: Type.String(),
  state: Type.String(),
  opens_at: Instant,
  closes_at: Instant,
  round: Type.Union([Type.Integer(), Type.Null()]),
  round_at: Instant,
  confirm_until: Instant,
  sessions: Type.Array(
    Type.Object({
      session_id: Id,
      places: Type.Integer(),
      service_date: Type.String(),
      period: Type.String(),
      starts_at: Instant,
      service_name: Type.String(),
      practitioner_name: NullableText,
      department_name: Type.String(),
      campus_name: Type.String(),
      fee_fen: Type.Integer(),
    }),
  ),
  entries: Type.Union([Type.Integer(), Type.Null()]),
  manifest_hash: Type.String(),
  root: NullableText,
  seal: NullableText,
  seed: NullableText,
  beacon: Type.Object({
    kind: Type.String(),
    independent: Type.Boolean(),
    chain: Type.String(),
    round: Type.Union([Type.Integer(), Type.Null()]),
    signature: NullableText,
  }),
  pool: Type.String(),
  witnesses: Type.Integer(),
  wildcards: Type.Boolean(),
  eligibility: Type.String(),
  returns: Type.Array(
    Type.Object({
      n: Type.Integer(),
      closes_at: Instant,
      round_at: Instant,
      confirm_until: Instant,
      state: Type.String(),
    }),
  ),
  last: Type.Union([Type.Object({ places: Type.Integer(), entries: Type.Integer() }), Type.Null()]),
});
export const Draws = Type.Object({ draws: Type.Array(Draw) });

const Receipt = Type.Object({
  draw: Type.String(),
  e: Hex32,
  leaf: Hex32,
  sig: Type.String(),
  time: Type.Integer(),
  v: Hex32,
});

/** Lines of the patient's list, a wildcard at its end, and the least notice in days. */
const listFields = {
  preferences: Type.Array(Id, { maxItems: 10 }),
  wildcard: Type.Optional(Type.Union([Type.Enum(['chief', 'any']), Type.Null()])),
  notice_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 })),
};

export const EnterBody = Type.Object({
  patient_id: Id,
  ...listFields,
  nonce: Hex32,
  secret_hash: Hex32,
});
export const EditBody = Type.Object({
  ...listFields,
  secret: Hex32,
  nonce: Hex32,
  secret_hash: Hex32,
});
export const WindowEnterBody = Type.Object({
  patient_id: Id,
  ...listFields,
  channel: Type.Optional(Type.Enum(['window', 'phone'])),
});
const enteredFields = {
  draw_id: Id,
  e: Hex32,
  preferences: Type.Array(Id),
  receipt: Receipt,
  short_code: Type.String(),
  entered_at: Instant,
};
export const Entered = Type.Object(enteredFields);
/** What the window prints for a patient: the receipt with the secret that withdraws it. */
export const Slip = Type.Object({
  ...enteredFields,
  secret: Hex32,
  nonce: Hex32,
  result_at: Instant,
  confirm_until: Instant,
});

export const Entry = Type.Object({
  draw_id: Id,
  e: Hex32,
  short_code: Type.String(),
  patient: Type.Object({ patient_id: Id, name_masked: Type.String() }),
  preferences: Type.Array(Type.String()),
  receipt: Receipt,
  state: Type.String(),
  entered_at: Instant,
  rank: Type.Union([Type.Integer(), Type.Null()]),
  session_id: Type.Union([Type.String(), Type.Null()]),
  appointment_id: Type.Union([Id, Type.Null()]),
  confirm_until: Instant,
  /** 0 the main draw, else the return that gave the place. */
  n: Type.Integer(),
  wish_id: Type.Union([Id, Type.Null()]),
  notice_days: Type.Integer(),
  next_return_at: NullableInstant,
  draw: Draw,
});
export const Entries = Type.Object({ entries: Type.Array(Entry) });
export const WithdrawBody = Type.Object({ secret: Hex32 });
export const State = Type.Object({ state: Type.String() });

const Time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const Point = Type.Object({ days_before: Type.Integer({ minimum: 1, maximum: 60 }), time: Time });
export const Rhythm = Type.Union([
  Type.Object({
    kind: Type.Literal('days'),
    announce: Point,
    close: Point,
    seal_by: Point,
    offset_s: Type.Integer({ minimum: 1 }),
    margin_s: Type.Integer({ minimum: 1 }),
    confirm_by: Point,
    returns: Type.Optional(
      Type.Array(Type.Object({ close: Point, confirm_by: Point }), { maxItems: 8 }),
    ),
  }),
  Type.Object({
    kind: Type.Literal('seconds'),
    entry_s: Type.Integer({ minimum: 1 }),
    seal_s: Type.Integer({ minimum: 1 }),
    offset_s: Type.Integer({ minimum: 20 }),
    margin_s: Type.Integer({ minimum: 10 }),
    confirm_s: Type.Integer({ minimum: 1 }),
    returns: Type.Optional(
      Type.Array(
        Type.Object({
          wait_s: Type.Integer({ minimum: 1 }),
          confirm_s: Type.Integer({ minimum: 1 }),
        }),
        { maxItems: 8 },
      ),
    ),
  }),
]);

const ClassPlan = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  rule: Type.Enum(['age-60', 'other-province']),
  province: Type.Optional(Type.String({ pattern: '^[0-9]{2}$' })),
  reserved: Type.Integer({ minimum: 0, maximum: 100 }),
});
const DrawRules = Type.Object({
  eligibility: Type.Optional(Type.Enum(['open', 'prior-visit', 'pre-review'])),
  pool: Type.Optional(Type.Enum(['entrants-and-witnesses', 'public'])),
  impact_assessment: Type.Optional(Type.String({ maxLength: 200 })),
  weights: Type.Optional(Type.Enum(['equal', 'loss-1-6-8'])),
  classes: Type.Optional(Type.Array(ClassPlan, { maxItems: 8 })),
  wildcards: Type.Optional(Type.Boolean()),
  later: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
});

const planFields = {
  method: Type.Union([Type.Literal('order'), Type.Literal('draw')]),
  effective_from: Day,
  advance_days: Type.Integer({ minimum: 0, maximum: 365 }),
  release_time: Time,
  same_day_share: Type.Number({ minimum: 0, maximum: 1 }),
  same_day_time: Time,
  on_site_share: Type.Number({ minimum: 0, maximum: 1 }),
  on_site_time: Time,
  on_site_zero_reason: Type.Optional(NullableText),
  draw_group: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  draw_rhythm: Type.Optional(Type.Union([Rhythm, Type.Null()])),
  shadow: Type.Optional(Type.Boolean()),
  draw_rules: Type.Optional(DrawRules),
};
export const PlanBody = Type.Object({
  healthcare_service_id: Id,
  ...planFields,
  reason: Type.Optional(NullableText),
});
export const Plan = Type.Object({
  id: Id,
  healthcare_service_id: Id,
  service_name: Type.String(),
  version: Type.Integer(),
  ...planFields,
  created_by: Type.String(),
  created_at: Instant,
});
const Finding = Type.Object({
  code: Type.String(),
  severity: Type.String(),
  message: Type.String(),
});
export const Findings = Type.Object({ findings: Type.Array(Finding) });
export const Plans = Type.Object({ plans: Type.Array(Plan) });
export const PlanChanged = Type.Object({
  /** Null while the change waits for a second person. */
  plan: Type.Union([Plan, Type.Null()]),
  proposal_id: Type.Union([Id, Type.Null()]),
  findings: Type.Array(Finding),
});
export const Proposals = Type.Object({
  proposals: Type.Array(
    Type.Object({
      proposal_id: Id,
      healthcare_service_id: Id,
      service_name: Type.String(),
      method: Type.String(),
      shadow: Type.Boolean(),
      effective_from: Day,
      draft: Type.Object(planFields),
      reason: NullableText,
      proposed_by: Type.String(),
      proposed_at: Instant,
      mine: Type.Boolean(),
    }),
  ),
});
export const ProposalParams = Type.Object({ proposal_id: Id });
export const ApproveBody = Type.Object({ approve: Type.Boolean() });
export const PlanDecided = Type.Object({ state: Type.String() });
export const Recommendations = Type.Object({
  recommendations: Type.Array(
    Type.Object({
      id: Id,
      healthcare_service_id: Id,
      service_name: Type.String(),
      month: Day,
      fast_sessions: Type.Integer(),
      fastest_s: Type.Integer(),
    }),
  ),
});
export const RecommendationParams = Type.Object({ id: Id });
export const TakeBody = Type.Object({ take: Type.Boolean() });

export const RoundBody = Type.Object({
  round: Type.Integer({ minimum: 1 }),
  signature: Type.String({ minLength: 96, maxLength: 200 }),
});
export const AnnounceBody = Type.Object({
  session_ids: Type.Array(Id, { minItems: 1, maxItems: 50 }),
});
