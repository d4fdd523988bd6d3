import { resolve } from 'node:path';
import { readBeaconConfig, type BeaconConfig } from './beacon-config.ts';
import type { FieldAlgorithm } from './crypto/index.ts';
import { readEvidenceConfig, type EvidenceConfig } from './evidence-config.ts';
import { readPaymentConfig, type PaymentConfig } from './payment-config.ts';
import { readPeopleConfig, type PeopleConfig } from './people-config.ts';
import { readOidcConfig, type OidcConfig } from './oidc-config.ts';
import { readNotifyConfig, type NotifyConfig } from './notify-config.ts';
import { projectFolder } from './project.ts';

/** What an installation decides, read once at start from the environment and frozen. */
export type Config = Readonly<{
  host: string;
  port: number;
  data_dir: string;
  /** Where lists and blank sheets for downtime are written; several servers share it. */
  paper_dir: string;
  /** The keys of persons, apart from the database and its backups; all processes of a machine share it. */
  person_keys_dir: string;
  /** An external PostgreSQL; undefined runs the embedded one in `data_dir`. */
  database_url: string | undefined;
  /** Demo accounts, outbox page and demo beacon. */
  demo: boolean;
  /** True when DEMO=1 forces the demo where it is not the default; every page then shows a banner. */
  demo_banner: boolean;
  /** Where the randomness of draws comes from. */
  beacon: BeaconConfig;
  /** How fields are sealed from now on; what was sealed otherwise still opens. */
  field_algorithm: FieldAlgorithm;
  /** The hospital's own sign-in for staff; undefined where there is none. */
  oidc: OidcConfig | undefined;
  /** Who countersigns and timestamps the log. */
  evidence: EvidenceConfig;
  /** Limits of accounts and patients, and the real-name authority. */
  people: PeopleConfig;
  /** How money is taken online. */
  payment: PaymentConfig;
  /** Short messages, WeChat and e-mail. */
  notify: NotifyConfig;
  trusted_proxies: string[];
  tls: { cert_file: string; key_file: string } | undefined;
  log_level: string;
}>;

type Environment = Record<string, string | undefined>;

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Reads and checks the whole environment, so that every fault is reported at once.
 * @throws Error listing each faulty variable in a sentence.
 */
export function readConfig(environment: Environment): Config {
  const faults: string[] = [];
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const host = text('HOST') ?? '127.0.0.1';
  const port = Number(text('PORT') ?? '8080');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    faults.push(`PORT must be a whole number from 0 to 65535, not "${text('PORT')}".`);

  const database_url = text('DATABASE_URL');
  if (database_url !== undefined && !/^postgres(ql)?:\/\//.test(database_url))
    faults.push('DATABASE_URL must begin with postgres:// or postgresql://.');

  const demoText = text('DEMO');
  if (demoText !== undefined && demoText !== '0' && demoText !== '1')
    faults.push(`DEMO must be 0 or 1, not "${demoText}".`);
  const local = loopback.has(host) && database_url === undefined;
  const demo = demoText === undefined ? local : demoText === '1';

  const beacon = readBeaconConfig(text, demo, faults);
  const evidence = readEvidenceConfig(text, demo, faults);
  const people = readPeopleConfig(text, faults);
  const payment = readPaymentConfig(text, { demo, host, port }, faults);

  const notify = readNotifyConfig(text, faults);
  const oidc = readOidcConfig(text, faults);
  const field_algorithm = readFieldAlgorithm(text('FIELD_ALGORITHM') ?? 'aes-256-gcm', faults);

  const cert = text('TLS_CERT');
  const key = text('TLS_KEY');
  if ((cert === undefined) !== (key === undefined))
    faults.push('TLS_CERT and TLS_KEY go together: give both files or none.');
  const trusted_proxies = (text('TRUSTED_PROXIES') ?? '')
    .split(',')
    .map((proxy) => proxy.trim())
    .filter(Boolean);
  if (!loopback.has(host) && cert === undefined && trusted_proxies.length === 0)
    faults.push(
      `HOST ${host} can be reached from outside: give TLS_CERT and TLS_KEY, or name the proxy that ends TLS in TRUSTED_PROXIES.`,
    );

  const data_dir = resolve(text('DATA_DIR') ?? `${projectFolder}/data`);
  if (faults.length > 0) throw new Error(`The configuration has faults:\n- ${faults.join('\n- ')}`);
  return Object.freeze({
    host,
    port,
    data_dir,
    paper_dir: resolve(text('PAPER_DIR') ?? `${data_dir}/paper`),
    person_keys_dir: resolve(text('PERSON_KEYS_DIR') ?? `${data_dir}/person-keys`),
    database_url,
    demo,
    demo_banner: demo && !local,
    beacon,
    evidence,
    people,
    payment,
    notify,
    field_algorithm,
    oidc,
    trusted_proxies,
    tls: cert !== undefined && key !== undefined ? { cert_file: cert, key_file: key } : undefined,
    log_level: text('LOG_LEVEL') ?? 'info',
  });
}

const field_algorithms: Record<string, FieldAlgorithm> = {
  'aes-256-gcm': 'aes-256-gcm',
  sm4: 'sm4-ctr-hmac-sm3',
};

function readFieldAlgorithm(name: string, faults: string[]): FieldAlgorithm {
  const algorithm = field_algorithms[name.toLowerCase()];
  if (!algorithm) faults.push(`FIELD_ALGORITHM must be aes-256-gcm or sm4, not "${name}".`);
  return algorithm ?? 'aes-256-gcm';
}
