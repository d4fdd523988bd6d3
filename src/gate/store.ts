import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Progress } from './types.ts';

export type RoomRow = Progress & {
  id: string;
  hospital_id: string;
  opens_at: Date;
  state: 'announced' | 'open' | 'closed';
  sealed_release_key: Buffer;
  release_key_sha256: Buffer;
  late_reserved: number;
  advanced_at: Date;
  version: number;
};

/** A room of a moment that has none yet. @returns whether it is new. */
export async function insertRoom(
  tx: Tx,
  room: Pick<RoomRow, 'id' | 'hospital_id' | 'opens_at'> & {
    sealed_release_key: Uint8Array;
    release_key_sha256: Uint8Array;
    at: Date;
  },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into gate.room (id, hospital_id, opens_at, sealed_release_key, release_key_sha256,
      announced_at, advanced_at)
    values (${room.id}, ${room.hospital_id}, ${room.opens_at}, ${Buffer.from(room.sealed_release_key)},
      ${Buffer.from(room.release_key_sha256)}, ${room.at}, ${room.at})
    on conflict (hospital_id, opens_at) do nothing`);
  return made === 1;
}

/** A room by its id, closed ones too. */
export function readRoom(db: Queryable, id: string): Promise<RoomRow | undefined> {
  return db.maybe<RoomRow>(sql`select * from gate.room where id = ${id}`);
}

export function activeRooms(db: Queryable): Promise<RoomRow[]> {
  return db.many<RoomRow>(sql`select * from gate.room where state <> 'closed' order by id`);
}

export function lockRoom(tx: Tx, id: string): Promise<RoomRow> {
  return tx.one<RoomRow>(sql`select * from gate.room where id = ${id} for update`);
}

/** Stores where a room stands; raises the version when `step` says that its state changed. */
export async function saveRoom(tx: Tx, room: RoomRow, step: boolean): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update gate.room set state = ${room.state}, early_count = ${room.early_count},
      early_up_to = ${room.early_up_to}, late_up_to = ${room.late_up_to},
      late_issued = ${room.late_issued}, advanced_at = ${room.advanced_at},
      opened_at = case when ${room.state} = 'announced' then null else coalesce(opened_at, ${room.advanced_at}) end,
      closed_at = case when ${room.state} = 'closed' then ${room.advanced_at}::timestamptz end,
      version = version + ${step ? 1 : 0}::int
    where id = ${room.id} returning version`);
  return version;
}

/** Reserves the next block of late numbers. @returns its last number. */
export async function reserveLate(db: Queryable, id: string, block: number): Promise<number> {
  const row = await db.one<{ late_reserved: number }>(sql`
    update gate.room set late_reserved = late_reserved + ${block} where id = ${id}
    returning late_reserved`);
  return row.late_reserved;
}

/** The places of those of these patients who have one in the room. */
export async function readLatePlaces(
  db: Queryable,
  room_id: string,
  patient_ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.many<{ patient_id: string; number: number }>(sql`
    select patient_id, number from gate.late_place
    where room_id = ${room_id} and patient_id = any(${[...patient_ids]}::uuid[])`);
  return new Map(rows.map((row) => [row.patient_id, row.number]));
}

/** Keeps new places; a patient who got one elsewhere in the meantime keeps that one. */
export async function keepLatePlaces(
  db: Queryable,
  room_id: string,
  places: readonly { patient_id: string; number: number }[],
): Promise<Map<string, number>> {
  const rows = await db.many<{ patient_id: string; number: number }>(sql`
    insert into gate.late_place as kept (room_id, patient_id, number)
    select ${room_id}, p.patient_id, p.number
    from unnest(${places.map((one) => one.patient_id)}::uuid[],
      ${places.map((one) => one.number)}::bigint[]) as p(patient_id, number)
    order by p.patient_id
    on conflict (room_id, patient_id) do update set number = kept.number
    returning patient_id, number`);
  return new Map(rows.map((row) => [row.patient_id, row.number]));
}

export type Page = { page: number; bits: Uint8Array };

export function readPages(db: Queryable, room_id: string): Promise<Page[]> {
  return db.many<Page>(sql`select page, bits from gate.early_page where room_id = ${room_id}`);
}

export async function lockPages(tx: Tx, room_id: string, pages: number[]): Promise<Page[]> {
  return tx.many<Page>(sql`
    select page, bits from gate.early_page
    where room_id = ${room_id} and page = any(${pages}::smallint[]) order by page for update`);
}

export async function savePages(tx: Tx, room_id: string, pages: readonly Page[]): Promise<void> {
  await tx.run(sql`
    insert into gate.early_page (room_id, page, bits)
    select ${room_id}, p.page, p.bits
    from unnest(${pages.map(({ page }) => page)}::smallint[],
      ${pages.map(({ bits }) => Buffer.from(bits))}::bytea[]) as p(page, bits)
    on conflict (room_id, page) do update set bits = excluded.bits`);
}

/** What a closed room no longer needs: who drew early, and who has which late place. */
export async function deletePlaces(tx: Tx, room_id: string): Promise<void> {
  await tx.run(sql`delete from gate.early_page where room_id = ${room_id}`);
  await tx.run(sql`delete from gate.late_place where room_id = ${room_id}`);
}
