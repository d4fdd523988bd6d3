import { createHmac } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { setupRefused } from './errors.ts';
import { setup_tries_max } from './rules.ts';
import { prepareStaff, storeStaff } from './staff.ts';
import {
  deleteSetupCode,
  hasStaff,
  isSetupOpen,
  replaceSetupCode,
  trySetupCode,
} from './staff-store.ts';

export type SetupContext = { db: Db; clock: Clock; random: Random; secrets: Secrets };

// RFC 4648 base32: no 0, 1, 8 or 9 to mistake for letters.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function setupHash(secrets: Secrets, code: string): Uint8Array {
  const typed = code.toUpperCase().replace(/[\s-]/g, '');
  return createHmac('sha256', secrets.key('setup code')).update(typed).digest();
}

/**
 * Opens the set-up of an installation without staff: a fresh code of 8 characters, for the server
 * to print on its terminal; it replaces any earlier one and is void after 10 wrong tries or a day.
 * @returns undefined when there is staff, or in the demo.
 */
export async function offerSetup(
  ctx: SetupContext & { config: { demo: boolean } },
): Promise<string | undefined> {
  if (ctx.config.demo || (await hasStaff(ctx.db))) return undefined;
  const code = Array.from({ length: 8 }, () => alphabet[ctx.random.below(32)]).join('');
  await ctx.db.tx((tx) =>
    replaceSetupCode(tx, {
      code_hash: setupHash(ctx.secrets, code),
      tries: setup_tries_max,
      at: ctx.clock.now(),
    }),
  );
  return code;
}

/** Whether the installation waits for its first administrator. */
export function needsSetup(ctx: { db: Db; clock: Clock }): Promise<boolean> {
  return isSetupOpen(ctx.db, ctx.clock.now());
}

/**
 * Creates the first administrator by the code on the terminal; works once.
 * @throws Problem identity/setup-refused, password-weak, username-taken.
 */
export async function completeSetup(
  ctx: SetupContext,
  input: { code: string; username: string; password: string; display_name: string },
): Promise<{ staff_id: string }> {
  // Without this look anybody could keep the server busy with hashing.
  if (!(await needsSetup(ctx))) throw new Problem(setupRefused);
  const { username, password, display_name } = input;
  const account = { username, password, display_name, hospital_id: null, roles: ['system_admin'] };
  const staff = await prepareStaff(ctx, account);
  // A wrong code is thrown after the commit, or its lost try would be given back.
  const done = await ctx.db.tx(async (tx) => {
    if (!(await trySetupCode(tx, setupHash(ctx.secrets, input.code), ctx.clock.now())))
      return false;
    await deleteSetupCode(tx);
    await storeStaff(tx, ctx, staff, 'terminal');
    return true;
  });
  if (!done) throw new Problem(setupRefused);
  return { staff_id: staff.id };
}
