import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/db.ts';
import type { Secrets } from '../../platform/secrets.ts';
import {
  BEACON_SCHEME,
  beaconPublicKey,
  beaconSecretKey,
  chainHash,
  QUICKNET,
  roundTime,
  signRound,
  type BlsBeacon,
  type DiceBeacon,
} from '../sealed-draw/index.ts';
import { fixDemoGenesis } from '../store.ts';
import { readGroup } from './group.ts';

/** A beacon of numbered rounds, as a manifest names it but for the round of its draw. */
export type BlsSetting = Omit<BlsBeacon, 'margin' | 'offset' | 'round'>;
/** The beacon new draws are announced with; dice have neither key nor rounds. */
export type BeaconSetting = BlsSetting | Pick<DiceBeacon, 'chain' | 'kind'>;

const demo_period_s = 3;

/** The key material of the one-key demo beacon of this installation. */
function demoBeaconKey(secrets: Secrets): Uint8Array {
  const material = Buffer.concat([secrets.key('demo beacon 1'), secrets.key('demo beacon 2')]);
  return beaconSecretKey(material.subarray(0, 48));
}

/**
 * The beacon this installation announces new draws with, by its configuration (`BEACON`).
 * @throws Error in a sentence when the city beacon's group file cannot be used.
 */
export async function beaconSetting(ctx: {
  db: Db;
  clock: Clock;
  config: Pick<Config, 'beacon'>;
  secrets: Secrets;
}): Promise<BeaconSetting> {
  const { kind, city } = ctx.config.beacon;
  if (kind === 'dice') return { kind, chain: 'dice' };
  if (kind === 'drand') return { kind, ...QUICKNET, scheme: BEACON_SCHEME };
  if (kind === 'demo') return demoSetting(ctx);
  if (!city) throw new Error('BEACON=city needs CITY_BEACON and CITY_BEACON_HOLDERS.');
  const { chain, genesis, period, publicKey, scheme } = readGroup(city.group_file);
  return { kind, chain, genesis, period, publicKey, scheme };
}

/**
 * The demo beacon of this installation, not independent. Its genesis is fixed at first use, because a
 * chain's parameters never change.
 */
export async function demoSetting(ctx: {
  db: Db;
  clock: Clock;
  secrets: Secrets;
}): Promise<BlsSetting> {
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  const genesis = await fixDemoGenesis(ctx.db, now);
  const publicKey = beaconPublicKey(demoBeaconKey(ctx.secrets));
  const facts = { genesis, period: demo_period_s, publicKey };
  return { kind: 'demo', chain: chainHash(facts), ...facts, scheme: BEACON_SCHEME };
}

/** A demo round, signed only once its time has come: not even the operator sees it early by accident. */
export function demoRound(
  ctx: { clock: Clock; secrets: Secrets },
  beacon: Pick<BlsSetting, 'genesis' | 'period'>,
  round: number,
): string | undefined {
  if (ctx.clock.now().getTime() < roundTime(beacon, round) * 1000) return undefined;
  return signRound(demoBeaconKey(ctx.secrets), round);
}
