import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/** Keeps a verified round; false when it was there before. */
export async function storeRound(
  db: Queryable,
  round: { chain: string; round: number; signature: string; source: string; at: Date },
): Promise<boolean> {
  const made = await db.run(sql`
    insert into release.beacon_round (chain, round, signature, source, received_at)
    values (${round.chain}, ${round.round}, ${round.signature}, ${round.source}, ${round.at})
    on conflict do nothing`);
  return made === 1;
}

/** The signature (hex) of a round that was received before. */
export async function findRound(
  db: Queryable,
  chain: string,
  round: number,
): Promise<string | undefined> {
  const row = await db.maybe<{ signature: string }>(sql`
    select signature from release.beacon_round where chain = ${chain} and round = ${round}`);
  return row?.signature;
}

/** Every chain with a public key that draws of this installation were announced with, the demo's apart. */
export async function chainsOfDraws(
  db: Queryable,
): Promise<{ chain: string; public_key: string; kind: string }[]> {
  return db.many(sql`
    select distinct b ->> 'chain' as chain, b ->> 'publicKey' as public_key, b ->> 'kind' as kind
    from release.draw d, lateral (select d.manifest::jsonb -> 'beacon' as b) as named
    where b ->> 'kind' in ('city', 'drand')`);
}

/** Locks a draw while dice are typed, so that two people at once see each other. */
export async function lockForDice(
  tx: Tx,
  draw_id: string,
): Promise<{ hospital_id: string } | undefined> {
  return tx.maybe(
    sql`select hospital_id from release.draw where id = ${draw_id} for no key update`,
  );
}

/** What was typed for a draw (n = 0) or its n-th return. */
export async function throwsTyped(
  db: Queryable,
  draw_id: string,
  n: number,
): Promise<{ typed_by: string; throws: string }[]> {
  return db.many(sql`
    select typed_by, throws from release.dice_throw
    where draw_id = ${draw_id} and n = ${n} order by typed_at, typed_by`);
}

/** Keeps what a person typed in place of what the same person typed before. */
export async function storeThrows(
  tx: Tx,
  typed: { draw_id: string; n: number; throws: string; typed_by: string; at: Date },
): Promise<void> {
  await tx.run(sql`
    insert into release.dice_throw (draw_id, n, throws, typed_by, typed_at)
    values (${typed.draw_id}, ${typed.n}, ${typed.throws}, ${typed.typed_by}, ${typed.at})
    on conflict (draw_id, n, typed_by) do update set throws = excluded.throws, typed_at = excluded.typed_at`);
}
