import { createPublicKey, createPrivateKey, sign } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Db } from '../platform/db.ts';
import type { Secrets } from '../platform/secrets.ts';
import {
  BEACON_SCHEME,
  beaconPublicKey,
  beaconSecretKey,
  chainHash,
  QUICKNET,
  signRound,
  type Sign,
} from './sealed-draw/index.ts';
import { fixDemoGenesis } from './store.ts';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 signer from a 32-byte seed, with its raw public key in hex. */
export function signer(seed: Uint8Array): { publicKey: string; sign: Sign } {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    publicKey: raw.toString('hex'),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** Keys of the draw: receipts, identity counts, and K_id by group and year. */
export type DrawKeys = {
  receipt: ReturnType<typeof signer>;
  identity: ReturnType<typeof signer>;
};

export function drawKeys(secrets: Secrets): DrawKeys {
  return {
    receipt: signer(secrets.key('draw receipts')),
    identity: signer(secrets.key('draw identity counts')),
  };
}

export type BeaconSetting = {
  kind: 'demo' | 'drand';
  chain: string;
  genesis: number;
  period: number;
  publicKey: string;
  scheme: typeof BEACON_SCHEME;
};

const demo_period_s = 3;

/** The key material of the one-key demo beacon of this installation. */
export function demoBeaconKey(secrets: Secrets): Uint8Array {
  const material = Buffer.concat([secrets.key('demo beacon 1'), secrets.key('demo beacon 2')]);
  return beaconSecretKey(material.subarray(0, 48));
}

/**
 * The beacon this installation draws with: the demo beacon (labelled not independent) where the demo
 * is on, else drand quicknet, whose rounds come by file or paste. The demo beacon's genesis is fixed
 * at first use, because a chain's parameters never change.
 */
export async function beaconSetting(ctx: {
  db: Db;
  clock: Clock;
  config: Config;
  secrets: Secrets;
}): Promise<BeaconSetting> {
  if (!ctx.config.demo) return { kind: 'drand', ...QUICKNET, scheme: BEACON_SCHEME };
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  const first = await fixDemoGenesis(ctx.db, now);
  const publicKey = beaconPublicKey(demoBeaconKey(ctx.secrets));
  const facts = { genesis: first, period: demo_period_s, publicKey };
  return { kind: 'demo', chain: chainHash(facts), ...facts, scheme: BEACON_SCHEME };
}

/** A demo round, signed only once its time has come: not even the operator sees it early by accident. */
export function demoRound(
  ctx: { clock: Clock; secrets: Secrets },
  beacon: BeaconSetting,
  round: number,
): string | undefined {
  const time = beacon.genesis + (round - 1) * beacon.period;
  if (ctx.clock.now().getTime() < time * 1000) return undefined;
  return signRound(demoBeaconKey(ctx.secrets), round);
}
