import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { ClueState, Outcome, Receiver } from './rules.ts';
import type { ClueFacts, ClueProgress, ClueReader } from './types.ts';

export type NewClue = ClueFacts & {
  id: string;
  receipt: string;
  code_mac: Uint8Array;
  hospital_id: string;
  sealed_words: Uint8Array;
  words_mac: Uint8Array;
  sealed_contact: Uint8Array | null;
  at: Date;
};

/** @returns the receipt; of an earlier report with the same code when it was sent before. */
export async function insertClue(
  tx: Tx,
  clue: NewClue,
): Promise<{ receipt: string; received_at: Date; is_new: boolean }> {
  const fresh = await tx.maybe<{ receipt: string; received_at: Date }>(sql`
    insert into governance.clue
      (id, receipt, code_mac, hospital_id, category, involves_staff, place_kind, asked_fen, face_fen,
       happened_on, happened_time, sealed_words, words_mac, sealed_contact, state, received_at, changed_at)
    values (${clue.id}, ${clue.receipt}, ${clue.code_mac}, ${clue.hospital_id}, ${clue.category},
      ${clue.involves_staff}, ${clue.place_kind}, ${clue.asked_fen}, ${clue.face_fen},
      ${clue.happened_on}, ${clue.happened_time}, ${clue.sealed_words}, ${clue.words_mac},
      ${clue.sealed_contact}, 'received', ${clue.at}, ${clue.at})
    on conflict on constraint clue_code do nothing
    returning receipt, received_at`);
  if (fresh) return { ...fresh, is_new: true };
  const known = await tx.one<{ receipt: string; received_at: Date }>(sql`
    select receipt, received_at from governance.clue where code_mac = ${clue.code_mac}`);
  return { ...known, is_new: false };
}

export type OwnClue = ClueProgress & {
  id: string;
  hospital_id: string;
  code_mac: Buffer;
  category: ClueFacts['category'];
  sealed_reply: Buffer | null;
  has_contact: boolean;
  photos: number;
};

/** A report by its number, for whoever shows its code; the caller compares the code. */
export function clueByReceipt(db: Queryable, receipt: string): Promise<OwnClue | undefined> {
  return db.maybe(sql`
    select id, hospital_id, code_mac, category, state, handed_to, outcome, received_at, changed_at,
      sealed_reply, sealed_contact is not null as has_contact,
      (select count(*) from governance.clue_photo p where p.clue_id = c.id) as photos
    from governance.clue c where receipt = ${receipt}`);
}

export async function dropContact(tx: Tx, clue_id: string): Promise<number | undefined> {
  const row = await tx.maybe<{ version: number }>(sql`
    update governance.clue set sealed_contact = null, version = version + 1
    where id = ${clue_id} and sealed_contact is not null returning version`);
  return row?.version;
}

export type NewPhoto = {
  id: string;
  clue_id: string;
  kind: string;
  bytes: number;
  width: number;
  height: number;
  photo_mac: Uint8Array;
  sealed_key: Uint8Array;
  cipher: Uint8Array;
};

/**
 * Adds a photo to an open report; its row is locked, so that photos sent at once get places of their own.
 * @returns undefined when the report is closed, no version for a picture it has already.
 */
export async function insertPhoto(
  tx: Tx,
  photo: NewPhoto,
): Promise<{ version?: number; photos: number } | undefined> {
  const open = await tx.maybe(sql`
    select from governance.clue where id = ${photo.clue_id} and state <> 'closed' for update`);
  if (!open) return undefined;
  const added = await tx.run(sql`
    insert into governance.clue_photo
      (id, clue_id, position, kind, bytes, width, height, photo_mac, sealed_key, cipher)
    select ${photo.id}, ${photo.clue_id}, count(*) + 1, ${photo.kind}, ${photo.bytes}, ${photo.width},
      ${photo.height}, ${photo.photo_mac}, ${photo.sealed_key}, ${photo.cipher}
    from governance.clue_photo where clue_id = ${photo.clue_id}
    on conflict on constraint clue_photo_once do nothing`);
  const { photos } = await tx.one<{ photos: number }>(sql`
    select count(*) as photos from governance.clue_photo where clue_id = ${photo.clue_id}`);
  if (added === 0) return { photos };
  const { version } = await raise(tx, photo.clue_id);
  return { version, photos };
}

function raise(tx: Tx, clue_id: string): Promise<{ version: number }> {
  return tx.one(sql`
    update governance.clue set version = version + 1 where id = ${clue_id} returning version`);
}

export type ListedClue = ClueFacts &
  ClueProgress & { id: string; receipt: string; photos: number; same_words: number };

/** A page of a hospital's clues, newest first; without what people wrote. */
export function selectClues(
  db: Queryable,
  input: ClueReader & { state: ClueState | null; before: Date | null; limit: number },
): Promise<ListedClue[]> {
  return db.many(sql`
    select id, receipt, category, involves_staff, place_kind, asked_fen, face_fen, happened_on,
      happened_time, state, handed_to, outcome, received_at, changed_at,
      (select count(*) from governance.clue_photo p where p.clue_id = c.id) as photos,
      (select count(*) from governance.clue o where o.hospital_id = c.hospital_id
         and o.words_mac = c.words_mac and o.id <> c.id) as same_words
    from governance.clue c
    where hospital_id = ${input.hospital_id}
      and (not involves_staff or ${input.reads_staff_matters})
      and (${input.state}::text is null or state = ${input.state})
      and (${input.before}::timestamptz is null or received_at < ${input.before})
    order by received_at desc limit ${input.limit}`);
}

export type Figures = {
  received: number;
  waiting: number;
  closed: number;
  priced: number;
  asked_min_fen: number | null;
  asked_median_fen: number | null;
  asked_max_fen: number | null;
  mark_up_median: number | null;
};

/** How many clues there are, and the range of prices asked. */
export function selectFigures(db: Queryable, reader: ClueReader): Promise<Figures> {
  return db.one(sql`
    select count(*) as received,
      count(*) filter (where state = 'received') as waiting,
      count(*) filter (where state = 'closed') as closed,
      count(asked_fen) as priced,
      min(asked_fen) as asked_min_fen,
      percentile_disc(0.5) within group (order by asked_fen) as asked_median_fen,
      max(asked_fen) as asked_max_fen,
      percentile_cont(0.5) within group (order by asked_fen / nullif(face_fen, 0)::float) as mark_up_median
    from governance.clue where hospital_id = ${reader.hospital_id}
      and (not involves_staff or ${reader.reads_staff_matters})`);
}

export type ReadClue = ListedClue & {
  version: number;
  sealed_words: Buffer | null;
  sealed_contact: Buffer | null;
  sealed_reply: Buffer | null;
};

/** A clue to be read; its version goes up, because every reading is an event. */
export function takeClue(
  tx: Tx,
  input: ClueReader & { clue_id: string },
): Promise<ReadClue | undefined> {
  return tx.maybe(sql`
    update governance.clue c set version = version + 1
    where id = ${input.clue_id} and hospital_id = ${input.hospital_id}
      and (not involves_staff or ${input.reads_staff_matters})
    returning id, receipt, category, involves_staff, place_kind, asked_fen, face_fen, happened_on,
      happened_time, state, handed_to, outcome, received_at, changed_at, version,
      sealed_words, sealed_contact, sealed_reply,
      (select count(*) from governance.clue_photo p where p.clue_id = c.id) as photos,
      (select count(*) from governance.clue o where o.hospital_id = c.hospital_id
         and o.words_mac = c.words_mac and o.id <> c.id) as same_words`);
}

export type SealedPhoto = { id: string; kind: string; sealed_key: Buffer; cipher: Buffer };

export function photoOf(
  tx: Tx,
  input: { clue_id: string; position: number },
): Promise<SealedPhoto | undefined> {
  return tx.maybe(sql`
    select id, kind, sealed_key, cipher from governance.clue_photo
    where clue_id = ${input.clue_id} and position = ${input.position}`);
}

/** Moves a clue whose row `takeClue` holds. */
export async function moveClue(
  tx: Tx,
  input: {
    clue_id: string;
    state: ClueState;
    handed_to: Receiver | null;
    outcome: Outcome | null;
    sealed_reply: Uint8Array | null;
    at: Date;
  },
): Promise<void> {
  await tx.run(sql`
    update governance.clue set state = ${input.state},
      handed_to = coalesce(${input.handed_to}, handed_to), outcome = ${input.outcome},
      sealed_reply = coalesce(${input.sealed_reply}, sealed_reply), changed_at = ${input.at},
      closed_at = case when ${input.state} = 'closed' then ${input.at}::timestamptz end
    where id = ${input.clue_id}`);
}

/** Deletes how to reach reporters whose clue is closed since `before`. */
export function eraseContacts(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    update governance.clue set sealed_contact = null
    where sealed_contact is not null and closed_at < ${before}`);
}

/** Deletes words and photos of clues closed since `before`; figures without words remain. */
export async function eraseWords(db: Queryable, before: Date, at: Date): Promise<number> {
  await db.run(sql`
    delete from governance.clue_photo p using governance.clue c
    where p.clue_id = c.id and c.closed_at < ${before}`);
  return db.run(sql`
    update governance.clue set sealed_words = null, words_mac = null, sealed_contact = null,
      sealed_reply = null, erased_at = ${at}
    where erased_at is null and closed_at < ${before}`);
}
