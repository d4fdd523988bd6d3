import { bookingSubscriptions, createBookingHot, type BookingHot } from './booking/index.ts';
import { createSequencer, type Sequencer } from './evidence/index.ts';
import { hisSubscriptions } from './his/index.ts';
import type { RealNameProvider } from './identity/index.ts';
import {
  createPopulation,
  createSandboxAuthority,
  type Population,
} from './identity/sandbox/index.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { FieldCrypto } from './platform/crypto/index.ts';
import { openDb, type Db } from './platform/db.ts';
import { openFields } from './platform/field-keys.ts';
import { createOutbox, type Outbox } from './platform/outbox.ts';
import { systemRandom, type Random } from './platform/random.ts';
import { openSecrets, type Secrets } from './platform/secrets.ts';
import { releaseSubscriptions } from './release/index.ts';

/** Everything the modules need, wired once; tests pass overrides. */
export type Context = {
  config: Config;
  clock: Clock;
  random: Random;
  db: Db;
  secrets: Secrets;
  fields: FieldCrypto;
  realName: RealNameProvider;
  /** The sandbox authority's synthetic population. */
  population: Population;
  bookingHot: BookingHot;
  outbox: Outbox;
  sequencer: Sequencer;
};

export type Overrides = Partial<Pick<Context, 'clock' | 'random' | 'secrets' | 'realName'>> & {
  database_url: string;
};

const population_seed = 'zhenghao demo population';
const population_size = 100_000;

/** Wires a context: the only place that does. */
export function createContext(config: Config, overrides: Overrides): Context {
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? systemRandom;
  const db = openDb(overrides.database_url, { connections_max: 20 });
  const secrets = overrides.secrets ?? openSecrets(config.data_dir, random);
  const base = { config, clock, random, db, secrets, fields: openFields(secrets) };
  const sandbox = { seed: population_seed, size: population_size };
  return {
    ...base,
    realName: overrides.realName ?? createSandboxAuthority({ ...sandbox, clock }),
    population: createPopulation(sandbox),
    bookingHot: createBookingHot(db),
    outbox: createOutbox(base, [
      ...bookingSubscriptions(base),
      ...releaseSubscriptions(base),
      ...hisSubscriptions(base),
    ]),
    sequencer: createSequencer(base),
  };
}
