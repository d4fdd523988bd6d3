import {
  bookingSubscriptions,
  conductSubscriptions,
  directSubscriptions,
  createBookingHot,
  mergeSubscriptions,
  paidVisitSubscriptions,
  referralSubscriptions,
  teamSubscriptions,
  type BookingHot,
} from './booking/index.ts';
import {
  createSequencer,
  createWitnessing,
  type Sequencer,
  type Witnessing,
} from './evidence/index.ts';
import { createGate, createGuard, type Gate, type Guard } from './gate/index.ts';
import { hisSubscriptions } from './his/index.ts';
import {
  createDelegateList,
  createRealName,
  type RealNameProvider,
  type SmsSender,
} from './identity/index.ts';
import {
  createPopulation,
  createSandboxAuthority,
  type Population,
} from './identity/sandbox/index.ts';
import { createMessaging, notifySubscriptions, wasTold, type Messaging } from './notify/index.ts';
import {
  createChannels,
  createPayment,
  createPaymentSandbox,
  type Payment,
  type PaymentChannel,
  type PaymentSandbox,
  paymentSubscriptions,
} from './payment/index.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { openDb, type Db } from './platform/db.ts';
import type { WitnessSetting } from './platform/evidence-config.ts';
import { openFields, type FieldKeys } from './platform/field-keys.ts';
import { openPersonKeys } from './platform/person-key-file.ts';
import { createOutbox, type Outbox, type Subscription } from './platform/outbox.ts';
import { systemRandom, type Random } from './platform/random.ts';
import { openSecrets, type Secrets } from './platform/secrets.ts';
import { createSnapshots, type Snapshots } from './platform/snapshots.ts';
import {
  createRoundSource,
  releaseMoments,
  releaseSubscriptions,
  type RoundSource,
} from './release/index.ts';

/** Everything the modules need, wired once; tests pass overrides. */
export type Context = {
  config: Config;
  clock: Clock;
  random: Random;
  db: Db;
  secrets: Secrets;
  fields: FieldKeys;
  realName: RealNameProvider;
  sms: SmsSender;
  /** The other ways out of the site: WeChat and e-mail, where they are set up. */
  messengers: Messaging['messengers'];
  wechat: Messaging['wechat'];
  /** The sandbox authority's synthetic population. */
  population: Population;
  bookingHot: BookingHot;
  /** The channels money comes by; what became of it is in the database. */
  payment: Payment;
  /** Our own WeChat Pay and Alipay on loopback; only with `PAYMENT=sandbox`. */
  paymentSandbox: PaymentSandbox | undefined;
  /** Limits, used-up signatures and steps, and signals of risk of this process. */
  guard: Guard;
  /** The queue in front of each release: rooms, watermarks, who may book now. */
  gate: Gate;
  /** Reads that a crowd repeats, made once a second. */
  snapshots: Snapshots;
  outbox: Outbox;
  sequencer: Sequencer;
  /** Fetches rounds of the beacon, and remembers when to leave a silent one alone. */
  roundSource: RoundSource;
  /** How we speak to other machines: witnesses, timestamps, beacons. */
  network: typeof fetch;
  /** Who countersigns the log. The demo adds its own two while it starts, before anything reads it. */
  witnesses: WitnessSetting[];
  witnessing: Witnessing;
};

export type Overrides = Partial<
  Pick<Context, 'clock' | 'random' | 'secrets' | 'realName' | 'sms' | 'network'>
> & {
  database_url: string;
  /** Other channels of payment than the configuration's. */
  channels?: PaymentChannel[];
  /** How long a read is shared; tests that read what they just wrote share nothing. */
  snapshot_ms?: number;
};

const population_seed = 'zhenghao demo population';
const population_size = 100_000;

type Base = Pick<Context, 'config' | 'clock' | 'random' | 'db' | 'secrets' | 'fields' | 'network'>;

/** Who hears of what happened elsewhere. */
function subscriptionsOf(base: Base, bookingHot: BookingHot): Subscription[] {
  return [
    ...bookingSubscriptions(base),
    ...mergeSubscriptions(base),
    ...conductSubscriptions({ ...base, wasTold }),
    ...directSubscriptions(base),
    ...referralSubscriptions(base),
    ...teamSubscriptions(),
    ...paidVisitSubscriptions({ ...base, bookingHot }),
    ...paymentSubscriptions(base),
    ...releaseSubscriptions(base),
    ...hisSubscriptions(base),
    ...notifySubscriptions(base),
  ];
}

/** Wires a context: the only place that does. */
export function createContext(config: Config, overrides: Overrides): Context {
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? systemRandom;
  const db = openDb(overrides.database_url, { connections_max: 20 });
  const secrets = overrides.secrets ?? openSecrets(config.data_dir, random);
  const network = overrides.network ?? fetch;
  const witnesses = [...config.evidence.witnesses];
  const persons = openPersonKeys(config.person_keys_dir);
  const fields = openFields(secrets, persons, config.field_algorithm);
  const base = { config, clock, random, db, secrets, network, witnesses, fields };
  const bookingHot = createBookingHot(db.hot, db.lane);
  const guard = createGuard(base, createDelegateList(base));
  const crowded = (): boolean => bookingHot.take.crowded();
  const messaging = createMessaging(base);
  const sandbox = { seed: population_seed, size: population_size };
  const money = {
    ...base,
    config: config.payment,
    sandbox:
      config.payment.kind === 'sandbox'
        ? createPaymentSandbox(base, { data_dir: config.data_dir })
        : undefined,
  };
  return {
    ...base,
    realName:
      overrides.realName ??
      createRealName(base, () => createSandboxAuthority({ ...sandbox, clock })),
    ...messaging,
    sms: overrides.sms ?? messaging.sms,
    population: createPopulation(sandbox),
    bookingHot,
    payment: createPayment(base, { channels: overrides.channels ?? createChannels(money) }),
    paymentSandbox: money.sandbox,
    gate: createGate(base, {
      moments: releaseMoments(db),
      waiting: () => bookingHot.take.waiting() + guard.door.waiting(),
    }),
    snapshots: createSnapshots({ ttl_ms: overrides.snapshot_ms ?? 1000 }),
    guard,
    outbox: createOutbox(base, subscriptionsOf(base, bookingHot), crowded),
    sequencer: createSequencer(base, { yields: crowded }),
    roundSource: createRoundSource(base),
    witnessing: createWitnessing(base, witnesses),
  };
}
