import pg from 'pg';
import type { Sql } from './sql.ts';

/** What a statement can be run on: the pool or a transaction. */
export type Queryable = {
  many<Row>(statement: Sql): Promise<Row[]>;
  maybe<Row>(statement: Sql): Promise<Row | undefined>;
  one<Row>(statement: Sql): Promise<Row>;
  /** Runs a statement for its effect and returns the number of rows it touched. */
  run(statement: Sql): Promise<number>;
};

declare const transaction: unique symbol;

/** A transaction. The brand keeps the pool from being passed where a transaction is meant. */
export type Tx = Queryable & { readonly [transaction]: true };

export type Db = Queryable & {
  /** Runs `work` in one transaction; commits its result, rolls back on any error. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * For statements that a crowd shares: planned once, by index alone. A plan made from statistics is
   * wrong within seconds of a release, when tables that were small at the last look have grown.
   */
  readonly hot: Queryable;
  /**
   * One connection as `hot` has them, on which statements follow one another without waiting for each
   * other's answers, each in a transaction of its own: the next is there when the last has ended.
   */
  readonly lane: Queryable;
  /** Statements sent so far, `begin` and `commit` included: tests assert budgets with it. */
  roundTrips(): number;
  /** One dedicated connection, for advisory locks that live as long as a process. */
  connect(): Promise<pg.PoolClient>;
  close(): Promise<void>;
};

const { types } = pg;
const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === 1082) return (text: string) => text; // date stays the wall date it is
    if (oid === 20) return Number; // int8: every count of ours is below 2^53
    return types.getTypeParser(oid, format);
  }) as typeof types.getTypeParser,
};

function queryable(send: (statement: Sql) => Promise<pg.QueryResult>): Queryable {
  const many = async <Row>(statement: Sql) => (await send(statement)).rows as Row[];
  return {
    many,
    maybe: async <Row>(statement: Sql) => {
      const rows = await many<Row>(statement);
      if (rows.length > 1) throw new Error(`expected at most one row: ${statement.text}`);
      return rows[0];
    },
    one: async <Row>(statement: Sql) => {
      const rows = await many<Row>(statement);
      if (rows.length !== 1)
        throw new Error(`expected one row, got ${rows.length}: ${statement.text}`);
      return rows[0] as Row;
    },
    run: async (statement) => (await send(statement)).rowCount ?? 0,
  };
}

const by_index_alone =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off';
/** Batches of a kind run one after another, so few connections carry all of them. */
const hot_connections_max = 6;

function openPool(url: string, more: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    types: typeParsers,
    application_name: 'zhenghao',
    ...more,
  });
  // An idle connection that breaks is replaced by the pool; a statement in flight reports its own error.
  pool.on('error', () => undefined);
  // So is one that breaks inside a transaction, between two statements: the next statement fails, and
  // with it the transaction. Unheard, the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** One connection, made when it is needed and again when it broke; what was under way then fails. */
function openLane(url: string): {
  query(statement: Sql): Promise<pg.QueryResult>;
  end(): Promise<void>;
} {
  let connected: Promise<pg.Client> | undefined;
  const connect = (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      types: typeParsers,
      application_name: 'zhenghao',
      options: by_index_alone,
      pipeline: true,
    });
    const made = client.connect().then(() => client);
    // A broken one tells its error and its end; by the latter another may have taken its place.
    const forget = (): void => {
      if (connected === made) connected = undefined;
    };
    client.on('error', forget).on('end', forget);
    made.catch(forget);
    return made;
  };
  return {
    query: async (statement) => (await (connected ??= connect())).query(statement),
    end: async () => (await connected?.catch(() => undefined))?.end(),
  };
}

/** Opens pools on `url`; connections are made when they are needed. */
export function openDb(url: string, options: { connections_max?: number } = {}): Db {
  const pool = openPool(url, { max: options.connections_max ?? 16 });
  // Kept when idle: a new connection knows no plan yet, and the first of a rush would wait for it.
  const hot = openPool(url, {
    max: hot_connections_max,
    options: by_index_alone,
    idleTimeoutMillis: 0,
  });
  const lane = openLane(url);
  let trips = 0;
  const send = (on: { query(statement: Sql): Promise<pg.QueryResult> }) => (statement: Sql) => {
    trips++;
    return on.query(statement);
  };
  const runTx = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken = false;
    try {
      await send(client)({ text: 'begin', values: [] });
      const result = await work(queryable(send(client)) as Tx);
      await send(client)({ text: 'commit', values: [] });
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => (broken = true));
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return {
    ...queryable(send(pool)),
    tx: runTx,
    hot: queryable(send(hot)),
    lane: queryable(send(lane)),
    roundTrips: () => trips,
    connect: () => pool.connect(),
    close: async () => {
      await Promise.all([pool.end(), hot.end(), lane.end()]);
    },
  };
}

/** The PostgreSQL error behind `error`, if it is one: code is the SQLSTATE. */
export function databaseError(
  error: unknown,
): { code: string; constraint?: string; message: string } | undefined {
  return error instanceof pg.DatabaseError && error.code !== undefined
    ? {
        code: error.code,
        message: error.message,
        ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
      }
    : undefined;
}
