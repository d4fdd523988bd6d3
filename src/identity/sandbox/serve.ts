import type { AddressInfo } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { RealNameProvider } from '../real-name.ts';
import { buildSandboxAuthorityApp } from './http-authority.ts';
import { createHttpRealNameProvider } from './http-provider.ts';

/**
 * Runs the sandbox authority on this machine's loopback and gives the provider that asks it over the
 * wire: the demo goes the way an installation with a real authority goes.
 */
export async function startSandboxAuthority(ctx: {
  authority: RealNameProvider;
  secret: Uint8Array;
  clock: Clock;
  random: Random;
}): Promise<{ provider: RealNameProvider; url: string; stop(): Promise<void> }> {
  const { authority, secret, clock, random } = ctx;
  const app = buildSandboxAuthorityApp({ authority, secret, clock });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const provider = createHttpRealNameProvider({
    ...{ name: 'sandbox', baseUrl: url, secret, clock, random },
  });
  return { provider, url, stop: () => app.close() };
}
