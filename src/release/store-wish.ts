import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type WishState = 'active' | 'asked' | 'won' | 'withdrawn' | 'expired';

export type WishRow = {
  id: string;
  hospital_id: string;
  draw_group: string;
  patient_id: string;
  healthcare_service_ids: string[];
  any_service: boolean;
  from_date: string;
  to_date: string;
  notice_days: number;
  sealed_secret: Buffer;
  channel: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: Buffer | null;
  is_family: boolean;
  entered_by: string;
  created_at: Date;
  draws_passed: number;
  state: WishState;
  version: number;
};

export type NewWish = Omit<
  WishRow,
  'phone_index' | 'draws_passed' | 'state' | 'version' | 'sealed_secret'
> & { phone_index: string | null; sealed_secret: string };

/** Stores wishes; a second one of a person in a group is left out. @returns the ids stored. */
export async function insertWishes(tx: Tx, wishes: readonly NewWish[]): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    insert into release.wish (id, hospital_id, draw_group, patient_id, healthcare_service_ids, any_service, from_date,
      to_date, notice_days, sealed_secret, channel, account_id, device_key_id, payer_reference, phone_index, is_family,
      entered_by, created_at)
    select id, hospital_id, draw_group, patient_id, healthcare_service_ids, any_service, from_date, to_date, notice_days,
      decode(sealed_secret, 'hex'), channel, account_id, device_key_id, payer_reference, decode(phone_index, 'hex'),
      is_family, entered_by, created_at
    from json_to_recordset(${JSON.stringify(wishes)}) as r(id uuid, hospital_id uuid, draw_group text, patient_id uuid,
      healthcare_service_ids uuid[], any_service boolean, from_date date, to_date date, notice_days int,
      sealed_secret text, channel text, account_id uuid, device_key_id text, payer_reference text, phone_index text,
      is_family boolean, entered_by text, created_at timestamptz)
    on conflict do nothing returning id`);
  return rows.map((row) => row.id);
}

/**
 * Active wishes that an open draw has not been asked about: of its group and day, content with its
 * notice, not entered by hand. A person who waits for the result of another draw of the group is left
 * out until it is there: 没派到自动参加下一次, so that a wish never wins two numbers. In the order of
 * their ids, those behind `after`.
 */
export async function wishesFor(
  tx: Tx,
  draw: { id: string; hospital_id: string; draw_group: string; round_at: Date },
  { after, limit }: { after: string; limit: number },
): Promise<WishRow[]> {
  return tx.many<WishRow>(sql`
    select w.* from release.wish w cross join (
      select min(r.service_date) as service_date from release.draw_session s
      join release.session_release r using (session_id) where s.draw_id = ${draw.id}) d
    where w.hospital_id = ${draw.hospital_id} and w.draw_group = ${draw.draw_group} and w.state = 'active'
      and w.id > ${after} and d.service_date between w.from_date and w.to_date
      and w.notice_days <= d.service_date - (${draw.round_at}::timestamptz at time zone 'Asia/Shanghai')::date
      and not exists (select from release.entry e where e.draw_id = ${draw.id} and e.patient_id = w.patient_id)
      and not exists (select from release.entry e join release.draw o on o.id = e.draw_id
        where e.patient_id = w.patient_id and e.withdrawn_at is null and o.hospital_id = w.hospital_id
          and o.draw_group = w.draw_group and o.state in ('announced', 'sealed'))
      and not exists (select from release.wish_pass p where p.draw_id = ${draw.id} and p.wish_id = w.id)
    order by w.id limit ${limit}`);
}

/** One server at a time lets the wishes of a group enter: a person must not enter two draws at once. */
export async function lockWishes(
  tx: Tx,
  draw: { hospital_id: string; draw_group: string },
): Promise<void> {
  await tx.run(sql`
    select pg_advisory_xact_lock(hashtextextended(${`wishes ${draw.hospital_id} ${draw.draw_group}`}, 0))`);
}

/** Notes wishes that do not fit a draw, so that they are not asked again. */
export async function passWishes(
  tx: Tx,
  draw_id: string,
  wish_ids: readonly string[],
): Promise<void> {
  if (wish_ids.length === 0) return;
  await tx.run(sql`
    insert into release.wish_pass (draw_id, wish_id)
    select ${draw_id}, id from unnest(${[...wish_ids]}::uuid[]) id on conflict do nothing`);
}

export async function wishById(db: Queryable, id: string): Promise<WishRow | undefined> {
  return db.maybe<WishRow>(sql`select * from release.wish where id = ${id}`);
}

export async function wishesOfPatients(db: Queryable, patient_ids: string[]): Promise<WishRow[]> {
  return db.many<WishRow>(sql`
    select * from release.wish where patient_id = any(${patient_ids}::uuid[]) order by created_at desc limit 100`);
}

export type MovedWish = { id: string; version: number; hospital_id: string; patient_id: string };

/** Moves wishes on; those no longer in one of `from` are left out. */
export async function moveWishes(
  tx: Tx,
  input: { ids: readonly string[]; from: WishState[]; to: WishState },
): Promise<MovedWish[]> {
  return tx.many<MovedWish>(sql`
    with moved as (
      update release.wish set state = ${input.to}, version = version + 1,
        draws_passed = case when ${input.to} = 'active' then 0 else draws_passed end
      where id = any(${[...input.ids]}::uuid[]) and state = any(${input.from})
      returning id, version, hospital_id, patient_id
    )
    select * from moved order by id`);
}

/** Counts a draw without a place for the wishes of its unplaced entries. @returns those at four. */
export async function countPassed(tx: Tx, draw_id: string, most: number): Promise<string[]> {
  const rows = await tx.many<{ id: string; draws_passed: number }>(sql`
    update release.wish w set draws_passed = draws_passed + 1 from release.entry e
    where e.draw_id = ${draw_id} and e.wish_id = w.id and e.withdrawn_at is null and e.place is null
      and w.state = 'active'
    returning w.id, w.draws_passed`);
  return rows.filter((row) => row.draws_passed >= most).map((row) => row.id);
}

/** The live wishes that a win of these entries ends: their own, and any other of the person in the group. */
export async function wishIdsOf(
  tx: Tx,
  draw_id: string,
  entry_ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select distinct w.id from release.entry e
    join release.draw d on d.id = e.draw_id
    join release.wish w on w.patient_id = e.patient_id and w.hospital_id = d.hospital_id
      and w.draw_group = d.draw_group and w.state in ('active', 'asked')
    where e.draw_id = ${draw_id} and e.id = any(${[...entry_ids]}::text[]) order by w.id`);
  return rows.map((row) => row.id);
}

/** Wishes whose last date is past. */
export async function expiredWishes(tx: Tx, today: string): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from release.wish where state in ('active', 'asked') and to_date < ${today}
    order by id limit 1000 for update skip locked`);
  return rows.map((row) => row.id);
}

/** Entries that wishes still have in other draws: open ones, and ones on standby. */
export async function otherEntries(
  tx: Tx,
  input: { wish_ids: readonly string[]; not_draw: string | null },
): Promise<{ draw_id: string; id: string; wish_id: string; state: string }[]> {
  return tx.many(sql`
    select e.draw_id, e.id, e.wish_id, d.state from release.entry e join release.draw d on d.id = e.draw_id
    where e.wish_id = any(${[...input.wish_ids]}::uuid[]) and e.draw_id is distinct from ${input.not_draw}::uuid
      and e.withdrawn_at is null and e.place is null and e.return_place is null and e.left_at is null
      and d.state in ('announced', 'drawn') and d.kind <> 'shadow'
    order by e.draw_id, e.id`);
}
