import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import type { Secrets } from '../../platform/secrets.ts';
import type { BeaconOutput, BlsBeacon, DrawMoment, ManifestBeacon } from '../sealed-draw/index.ts';
import { createRoundSource, type Found, type RoundSource } from './round-source.ts';
import { demoRound, demoSetting } from './setting.ts';
import { findRound, storeRound } from './store.ts';
import { agreedThrows } from './type-dice.ts';

/** What looking for a round takes. Without `roundSource` every call makes one that remembers nothing. */
export type OutputContext = {
  db: Db;
  clock: Clock;
  random: Random;
  config: Pick<Config, 'beacon'>;
  secrets: Secrets;
  network?: typeof fetch;
  roundSource?: RoundSource;
};

export type OutputInput = {
  beacon: ManifestBeacon;
  draw_id: string;
  /** 0 for the main draw, else the number of the return. */
  n: number;
  moment: DrawMoment;
};

/**
 * What the manifest's beacon gave for a draw or a return: a round's signature, or the throws of dice
 * on which two people agree; undefined when it is not there yet, so ask again later. Asks nobody before
 * the round's time, and then no more than 1.5 s. A round once received is kept, and its value cannot
 * change; a wrong signature is reported and ignored.
 */
export async function outputFor(
  ctx: OutputContext,
  { beacon, draw_id, n, moment }: OutputInput,
): Promise<BeaconOutput | undefined> {
  if (ctx.clock.now().getTime() < moment.time * 1000) return undefined;
  if (beacon.kind === 'dice') {
    const throws = await agreedThrows(ctx.db, draw_id, n);
    return throws === undefined ? undefined : { throws };
  }
  const round = moment.round as number;
  const received = await findRound(ctx.db, beacon.chain, round);
  if (received !== undefined) return { round, signature: received };
  const found = await look(ctx, beacon, round);
  if (!found) return undefined;
  await keepRound(ctx, {
    chain: beacon.chain,
    round,
    ...found,
    channel: beacon.kind,
    actor: 'system:release',
    hospital_id: null,
  });
  return { round, signature: found.signature };
}

async function look(
  ctx: OutputContext,
  beacon: BlsBeacon,
  round: number,
): Promise<Found | undefined> {
  if (beacon.kind !== 'demo')
    return (ctx.roundSource ?? createRoundSource(ctx)).fetch(beacon, round);
  const own = await demoSetting(ctx);
  const signature = own.chain === beacon.chain ? demoRound(ctx, own, round) : undefined;
  return signature === undefined
    ? undefined
    : { signature, source: 'demo beacon (not independent)' };
}

/** Keeps a verified round and says so, once; the same round again changes nothing. */
export async function keepRound(
  ctx: { db: Db; clock: Clock; random: Random },
  received: {
    chain: string;
    round: number;
    signature: string;
    /** Where it came from, in words. */
    source: string;
    channel: 'paste' | 'city' | 'demo' | 'drand';
    actor: string;
    hospital_id: string | null;
  },
): Promise<void> {
  const { chain, round, channel } = received;
  await ctx.db.tx(async (tx) => {
    if (!(await storeRound(tx, { ...received, at: ctx.clock.now() }))) return;
    await appendEvents(tx, ctx, [
      {
        name: 'release.beacon.received',
        hospital_id: received.hospital_id,
        subject: `beacon:${chain}:${round}`,
        version: 1,
        actor: received.actor,
        payload: { chain, round, source: channel },
      },
    ]);
  });
}
