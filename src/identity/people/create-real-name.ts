import type { Clock } from '../../platform/clock.ts';
import type { PeopleConfig } from '../../platform/people-config.ts';
import { noRealName, type RealNameProvider } from '../real-name.ts';
import { createHttpRealNameProvider } from '../sandbox/index.ts';

/**
 * The real-name authority of an installation: the one it has a contract with, the demo's sandbox, or
 * none. The sandbox answers in the demo only: elsewhere it would believe invented people.
 */
export function createRealName(
  ctx: { clock: Clock; config: { demo: boolean; people: PeopleConfig } },
  sandbox: () => RealNameProvider,
): RealNameProvider {
  const { real_name } = ctx.config.people;
  if (real_name) {
    const { url: baseUrl, name, key, timeout_ms: timeoutMs } = real_name;
    const secret = Buffer.from(key, 'hex');
    return createHttpRealNameProvider({ name, baseUrl, secret, timeoutMs, clock: ctx.clock });
  }
  return ctx.config.demo ? sandbox() : noRealName(ctx.clock);
}
