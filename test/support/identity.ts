import { createPopulation, createSandboxAuthority } from '../../src/identity/sandbox/index.ts';
import { can, createAuthenticator, identityRoutes } from '../../src/identity/index.ts';
import { createOutboxSms } from '../../src/identity/messages.ts';
import type { DemoLogins, IdentityContext } from '../../src/identity/index.ts';
import { manualClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createFieldCrypto } from '../../src/platform/crypto/index.ts';
import { createHttp, type App } from '../../src/platform/http.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { compileOnUse } from './compile-on-use.ts';
import { testDatabase } from './database.ts';

export type IdentityWorld = {
  ctx: IdentityContext & { clock: ReturnType<typeof manualClock> };
  population: ReturnType<typeof createPopulation>;
  /** Moves the clock on. */
  pass(minutes: number): void;
  app(options?: { demo?: boolean; logins?: DemoLogins; trusted?: string }): Promise<App>;
  stop(): Promise<void>;
};

/** A database with a clock that stands still and an authority that knows 2,000 synthetic persons. */
export async function identityWorld(seed: string): Promise<IdentityWorld> {
  const database = await testDatabase();
  const clock = manualClock(new Date('2026-03-02T02:00:00Z'));
  const random = seededRandom(seed);
  const secrets = secretsFrom(random.bytes(32));
  const fields = createFieldCrypto({
    keys: [{ id: 'k1', key: secrets.key('field k1') }],
    activeKeyId: 'k1',
    indexKey: secrets.key('index'),
    algorithm: 'aes-256-gcm',
  });
  const people = { seed: 'identity-tests', size: 2_000 };
  const realName = createSandboxAuthority({ ...people, clock, random });
  const ctx = {
    db: database.db,
    clock,
    random,
    fields,
    secrets,
    realName,
    sms: createOutboxSms({ db: database.db, clock, random, fields }),
    config: { demo: false },
  };
  return {
    ctx,
    population: createPopulation(people),
    pass: (minutes) => clock.set(new Date(clock.now().getTime() + minutes * 60_000)),
    app: async ({ demo = false, logins, trusted } = {}) => {
      const config = readConfig({ DEMO: demo ? '1' : '0', TRUSTED_PROXIES: trusted });
      const authenticate = createAuthenticator(ctx);
      const app = await createHttp({
        config,
        authenticate,
        can: (roles, permission) => can(roles, permission),
        log: false,
      });
      compileOnUse(app);
      identityRoutes(app, { ...ctx, config }, logins);
      return app;
    },
    stop: database.stop,
  };
}
