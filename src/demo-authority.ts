import type { Context } from './context.ts';
import { startSandboxAuthority } from './identity/sandbox/index.ts';

/**
 * The demo's real-name authority: the sandbox behind a port of its own, asked over HTTP as a real
 * authority would be. An installation that names one with REALNAME_URL has no sandbox.
 */
export async function startDemoAuthority(ctx: Context): Promise<{ stop(): Promise<void> }> {
  const { config, clock, random, secrets } = ctx;
  if (!config.demo || config.people.real_name) return { stop: () => Promise.resolve() };
  const secret = secrets.key('sandbox real-name authority');
  const started = await startSandboxAuthority({ authority: ctx.realName, secret, clock, random });
  ctx.realName = started.provider;
  return started;
}
