import type { Clock } from '../platform/clock.ts';
import type { OidcConfig } from '../platform/oidc-config.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { SmsSender } from './messages.ts';
import type { RealNameProvider } from './real-name.ts';

/** What the routes of this module need. */
export type IdentityContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  secrets: Secrets;
  config: { demo: boolean; oidc?: OidcConfig | undefined };
  /** How we speak to the hospital's identity provider; left out, over the network itself. */
  network?: typeof fetch;
  realName: RealNameProvider;
  /** How one-time codes reach a phone. */
  sms: SmsSender;
};
