import type { Queryable, Tx } from '../../platform/db.ts';
import type { Columns, Faults, RowOf } from './columns.ts';
import { faultOf, type TableRow } from './read-table.ts';

/** What a kind needs to compare its rows with what stands in the database. */
export type Resolving<C extends Columns> = {
  db: Queryable;
  hospital_id: string;
  rows: TableRow<C>[];
  faults: Faults;
  now: Date;
  newId(): string;
  /** True within the transaction that will write: what is judged is then locked. */
  lock: boolean;
  actor: string;
};

export type WriteContext = {
  tx: Tx;
  append(events: import('../../platform/outbox.ts').NewEvent[]): Promise<unknown>;
};

/** What an import will do, once nothing speaks against it. */
export type Plan = {
  created: number;
  updated: number;
  /** Writes everything; a row the database refuses is added to the faults, and all is rolled back. */
  write(writing: WriteContext): Promise<void>;
};

export type Kind<C extends Columns> = {
  columns: C;
  /** Checks that need the file only. */
  check(rows: TableRow<C>[], faults: Faults, now: Date): void;
  /** Checks that need the database; reads in bulk, writes nothing. */
  resolve(input: Resolving<C>): Promise<Plan>;
};

/** Adds a fault at a column of a row. */
export function faultAt<C extends Columns>(
  faults: Faults,
  columns: C,
): (row: TableRow<C>, key: keyof C & string, reason: string) => void {
  return (row, key, reason) => {
    const value = row.value[key as keyof RowOf<C>];
    const text = value === null || value === undefined ? '' : String(value);
    faults.add(faultOf(row.line, columns[key] as Columns[string], text, reason));
  };
}

/** Hands over every row whose key an earlier row has, with that earlier row. */
export function eachRepeat<Row>(
  rows: Row[],
  keyOf: (row: Row) => string | null,
  repeated: (row: Row, first: Row) => void,
): void {
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const first = seen.get(key);
    if (first) repeated(row, first);
    else seen.set(key, row);
  }
}

/** The different values of one column, without null. */
export function distinct<T>(values: Iterable<T | null>): T[] {
  const set = new Set<T>();
  for (const value of values) if (value !== null) set.add(value);
  return [...set];
}

export function byCode<Row extends { code: string }>(rows: Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.code, row]));
}

/** Cuts a long list into pieces one statement can carry. */
export function* pieces<T>(rows: T[], size = 2000): Generator<T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
