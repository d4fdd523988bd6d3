import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { How, Terminal, Turn } from './types.ts';

export type NewTerminal = {
  id: string;
  hospital_id: string;
  name: string;
  place: string;
  pairing_hash: Buffer;
  pairing_until: Date;
  actor: string;
  at: Date;
};

export async function insertTerminal(tx: Tx, terminal: NewTerminal): Promise<void> {
  await tx.run(sql`
    insert into kiosk.terminal (id, hospital_id, name, place, pairing_hash, pairing_until, created_by, created_at)
    values (${terminal.id}, ${terminal.hospital_id}, ${terminal.name}, ${terminal.place},
      ${terminal.pairing_hash}, ${terminal.pairing_until}, ${terminal.actor}, ${terminal.at})`);
}

/** A new code for a terminal of a hospital, in whatever state; its token is worth nothing from now on. */
export function setPairing(
  tx: Tx,
  to: { id: string; hospital_id: string; pairing_hash: Buffer; pairing_until: Date },
): Promise<{ version: number; generation: number } | undefined> {
  return tx.maybe(sql`
    update kiosk.terminal set state = 'waiting', pairing_hash = ${to.pairing_hash}, pairing_until = ${to.pairing_until},
      token_hash = null, paired_at = null, revoked_at = null, revoked_by = null,
      generation = generation + 1, version = version + 1
    where id = ${to.id} and hospital_id = ${to.hospital_id}
    returning version, generation`);
}

/** Gives the token to whoever brings the code in time; a code works once. */
export function setToken(
  tx: Tx,
  pair: { pairing_hash: Buffer; token_hash: Buffer; at: Date },
): Promise<(Terminal & { version: number }) | undefined> {
  return tx.maybe(sql`
    update kiosk.terminal set state = 'active', pairing_hash = null, pairing_until = null,
      token_hash = ${pair.token_hash}, paired_at = ${pair.at}, version = version + 1
    where pairing_hash = ${pair.pairing_hash} and pairing_until > ${pair.at}
    returning id as terminal_id, hospital_id, name, place, generation, version`);
}

/** @returns the version, or undefined when there is none to revoke. */
export function setRevoked(
  tx: Tx,
  to: { id: string; hospital_id: string; actor: string; at: Date },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update kiosk.terminal set state = 'revoked', token_hash = null, pairing_hash = null, pairing_until = null,
      revoked_at = ${to.at}, revoked_by = ${to.actor}, version = version + 1
    where id = ${to.id} and hospital_id = ${to.hospital_id} and state <> 'revoked'
    returning version`);
}

/** The terminal behind a token, and who stands at it. */
export function findTerminal(
  db: Queryable,
  token_hash: Buffer,
): Promise<(Terminal & { turn: Turn | null }) | undefined> {
  return db
    .maybe<Terminal & Partial<Turn>>(
      sql`
    select t.id as terminal_id, t.hospital_id, t.name, t.place, t.generation, u.id as turn_id, u.patient_id,
      u.how, u.proved, u.proof_tries, u.made, u.began_at, u.seen_at
    from kiosk.terminal t left join kiosk.turn u on u.terminal_id = t.id and u.ended_at is null
    where t.token_hash = ${token_hash}`,
    )
    .then((row) => {
      if (!row) return undefined;
      const { terminal_id, hospital_id, name, place, generation, ...turn } = row;
      const terminal = { terminal_id, hospital_id, name, place, generation };
      return { ...terminal, turn: turn.turn_id ? (turn as Turn) : null };
    });
}

/** How many people were looked up at a terminal since a moment, and how many tries failed. */
export function countTurns(
  db: Queryable,
  input: { terminal_id: string; since: Date },
): Promise<{ turns: number; refused: number }> {
  return db.one(sql`
    select count(*)::int as turns, count(*) filter (where ended_by = 'refused')::int as refused
    from kiosk.turn where terminal_id = ${input.terminal_id} and began_at > ${input.since}`);
}

/** Notes that a terminal reached its limits; at most once in so many minutes. */
export function noteAlert(
  tx: Tx,
  input: { terminal_id: string; at: Date; since: Date },
): Promise<{ version: number; alerts: number } | undefined> {
  return tx.maybe(sql`
    update kiosk.terminal set alerts = alerts + 1, alerted_at = ${input.at}, version = version + 1
    where id = ${input.terminal_id} and (alerted_at is null or alerted_at <= ${input.since})
    returning version, alerts`);
}

export type NewTurn = {
  id: string;
  terminal_id: string;
  hospital_id: string;
  patient_id: string;
  how: How;
  proved: boolean;
  card_nonce: string | null;
  at: Date;
};

export async function insertTurn(tx: Tx, turn: NewTurn): Promise<void> {
  await tx.run(sql`
    insert into kiosk.turn (id, terminal_id, hospital_id, patient_id, how, proved, card_nonce, began_at, seen_at)
    values (${turn.id}, ${turn.terminal_id}, ${turn.hospital_id}, ${turn.patient_id}, ${turn.how},
      ${turn.proved}, ${turn.card_nonce}, ${turn.at}, ${turn.at})`);
}

export async function insertRefused(
  db: Queryable,
  turn: { id: string; terminal_id: string; hospital_id: string; how: How; at: Date },
): Promise<void> {
  await db.run(sql`
    insert into kiosk.turn (id, terminal_id, hospital_id, how, began_at, seen_at, ended_at, ended_by)
    values (${turn.id}, ${turn.terminal_id}, ${turn.hospital_id}, ${turn.how}, ${turn.at}, ${turn.at},
      ${turn.at}, 'refused')`);
}

/** Locks the terminal, so that two beginnings at once leave one turn. */
export async function lockTerminal(tx: Tx, terminal_id: string): Promise<void> {
  await tx.run(sql`select 1 from kiosk.terminal where id = ${terminal_id} for update`);
}

export async function endTurn(
  db: Queryable,
  input: { terminal_id: string; by: 'left' | 'idle' | 'next' | 'revoked'; at: Date },
): Promise<void> {
  await db.run(sql`
    update kiosk.turn set ended_at = ${input.at}, ended_by = ${input.by}
    where terminal_id = ${input.terminal_id} and ended_at is null`);
}

export async function touchTurn(db: Queryable, turn_id: string, at: Date): Promise<void> {
  await db.run(
    sql`update kiosk.turn set seen_at = ${at} where id = ${turn_id} and ended_at is null`,
  );
}

/** Counts a try to name the phone on record; with `proved` it was right. */
export async function noteProof(
  db: Queryable,
  input: { turn_id: string; proved: boolean },
): Promise<void> {
  await db.run(sql`
    update kiosk.turn set proof_tries = proof_tries + 1, proved = proved or ${input.proved}
    where id = ${input.turn_id}`);
}

export async function noteMade(
  db: Queryable,
  input: { turn_id: string; appointment_id: string },
): Promise<void> {
  await db.run(sql`
    update kiosk.turn set made = array_append(made, ${input.appointment_id}::uuid)
    where id = ${input.turn_id} and not made @> array[${input.appointment_id}::uuid]`);
}

export type ListedTerminal = {
  terminal_id: string;
  name: string;
  place: string;
  state: 'waiting' | 'active' | 'revoked';
  created_at: Date;
  paired_at: Date | null;
  revoked_at: Date | null;
  alerts: number;
  alerted_at: Date | null;
  seen_at: Date | null;
  people_today: number;
  refused_today: number;
  made_today: number;
};

/** The terminals of a hospital with what happened at them since a moment, those in use first. */
export function selectTerminals(
  db: Queryable,
  input: { hospital_id: string; since: Date },
): Promise<ListedTerminal[]> {
  return db.many<ListedTerminal>(sql`
    select t.id as terminal_id, t.name, t.place, t.state, t.created_at, t.paired_at, t.revoked_at, t.alerts,
      t.alerted_at, d.seen_at, d.people_today, d.refused_today, d.made_today
    from kiosk.terminal t cross join lateral (
      select max(u.seen_at) as seen_at,
        (count(*) filter (where u.began_at >= ${input.since} and u.ended_by is distinct from 'refused'))::int as people_today,
        (count(*) filter (where u.began_at >= ${input.since} and u.ended_by = 'refused'))::int as refused_today,
        coalesce(sum(cardinality(u.made)) filter (where u.began_at >= ${input.since}), 0)::int as made_today
      from kiosk.turn u where u.terminal_id = t.id) d
    where t.hospital_id = ${input.hospital_id}
    order by t.state = 'revoked', t.name`);
}
