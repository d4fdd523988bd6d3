import type { Secrets } from '../platform/secrets.ts';
import type { BeaconSetting, BlsSetting } from './beacon/setting.ts';
import { offeredClasses, offersWeights, reservesOf, type DrawRules } from './draw-rules.ts';
import { drawKeys } from './keys.ts';
import type { DrawInstants, DrawRhythm } from './rules.ts';
import {
  plainPrecedence,
  roundAt,
  validateManifest,
  type Manifest,
  type ManifestBeacon,
} from './sealed-draw/index.ts';

type ManifestFacts = {
  hospital_code: string;
  draw_group: string;
  rhythm: DrawRhythm;
  rules: DrawRules;
  number: number;
  prev: string;
  /** One session id a place. */
  slots: string[];
  instants: DrawInstants;
  beacon: BeaconSetting;
  log: { origin: string; publicKey: string };
  quorum: { witnesses: string[]; witnesses_min: number };
  /** The group's last three draws, for what may be offered without unmasking people. */
  crowds: { traits: Record<string, number>; heavy: number }[];
  /** SHA-256 of verify.html. */
  verifier: string;
};

const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);

/** The manifest of a draw: every field, what is off written as off. @throws DrawError `manifest`. */
export function buildManifest(secrets: Secrets, facts: ManifestFacts): Manifest {
  const keys = drawKeys(secrets);
  const { rhythm, rules, instants, slots } = facts;
  const sealBy = seconds(instants.seal_by);
  const classes = offeredClasses(rules.classes ?? [], facts.crowds);
  const weighs = rules.weights === 'loss-1-6-8' && offersWeights(facts.crowds);
  const weight_max = weighs ? 8 : 1;
  return validateManifest({
    alg: 'sealed-draw/v1',
    beacon: beaconOf(facts.beacon, rhythm, sealBy),
    classes: [{ id: 'general' }, ...classes].map(({ id }) => ({ id, weight_max })),
    close: seconds(instants.close),
    confirm_s: seconds(instants.confirm_until) - sealBy - rhythm.offset_s,
    draw: `${facts.hospital_code}-${facts.number}`,
    eligibility: rules.eligibility ?? 'open',
    group: facts.draw_group,
    hospital: facts.hospital_code,
    identityKey: keys.identity.publicKey,
    log: facts.log,
    number: facts.number,
    open: seconds(instants.open),
    outage: 'wait',
    pool: rules.pool ?? 'entrants-and-witnesses',
    precedence: plainPrecedence(slots),
    prev: facts.prev,
    receiptKey: keys.receipt.publicKey,
    reserves: reservesOf(slots, classes),
    returns: {
      closes: instants.returns.map((one) => seconds(one.close)),
      later: rules.later ?? 1,
      offset: rhythm.offset_s,
    },
    sealBy,
    slots,
    verifier: facts.verifier,
    weights: weighs ? 'loss-1-6-8' : 'equal',
    ...facts.quorum,
  });
}

function beaconOf(setting: BeaconSetting, rhythm: DrawRhythm, sealBy: number): ManifestBeacon {
  const times = { margin: rhythm.margin_s, offset: rhythm.offset_s };
  if (!isBls(setting)) return { chain: 'dice', kind: 'dice', ...times };
  return { ...setting, ...times, round: roundAt(setting, sealBy + rhythm.offset_s) };
}

function isBls(setting: BeaconSetting): setting is BlsSetting {
  return setting.kind !== 'dice';
}
