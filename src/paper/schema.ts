import { Type } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const Count = Type.Integer();

export const FileParams = Type.Object({ file_id: Id });
export const WriteRequest = Type.Object({ service_date: Type.Optional(Day) });
export const Edition = Type.Object({
  edition_id: Id,
  kind: Type.String(),
  due_at: Instant,
  service_date: Day,
  /** Null while files are missing; `failed` says how many. */
  written_at: Type.Union([Instant, Type.Null()]),
  sessions: Count,
  numbers: Count,
  booked: Count,
  on_site_free: Count,
  failed: Count,
  files: Type.Array(
    Type.Object({
      file_id: Id,
      campus_name: Type.String(),
      department_name: Type.String(),
      format: Type.String(),
      bytes: Count,
      sha256: Type.String(),
    }),
  ),
});
export const Editions = Type.Object({ editions: Type.Array(Edition) });

export const OutcomesQuery = Type.Object({
  service_date: Day,
  dry_run: Type.Boolean({ default: false }),
});

const Time = Type.String({ maxLength: 20 });
export const OutcomesRequest = Type.Object({
  service_date: Day,
  dry_run: Type.Boolean({ default: false }),
  /** As the columns of the file; line 2 of the report is the first row. */
  rows: Type.Array(
    Type.Object({
      service_code: Type.String({ maxLength: 40 }),
      period: Type.Enum(['morning', 'afternoon', 'evening']),
      sequence: Type.Integer({ minimum: 1, maximum: 100_000 }),
      arrived: Type.Optional(Time),
      called: Type.Optional(Time),
      seen: Type.Optional(Time),
      no_show: Type.Optional(Type.Boolean()),
      walk_in_name: Type.Optional(Type.String({ maxLength: 50 })),
      walk_in_type: Type.Optional(Type.String({ maxLength: 40 })),
      walk_in_document: Type.Optional(Type.String({ maxLength: 60 })),
    }),
    { minItems: 1, maxItems: 5000 },
  ),
});

export const OutcomesReport = Type.Object({
  service_date: Day,
  sha256: Type.String(),
  rows: Count,
  filled: Count,
  empty: Count,
  walk_ins: Count,
  checked_in: Count,
  called: Count,
  seen: Count,
  attended: Count,
  no_shows: Count,
  open: Type.Array(Count),
  errors: Type.Array(
    Type.Object({
      line: Count,
      column: Type.String(),
      value_masked: Type.Optional(Type.String()),
      reason: Type.String(),
    }),
  ),
  errors_total: Count,
  committed: Type.Boolean(),
  repeated: Type.Boolean(),
});
