import { createHash } from 'node:crypto';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { getHospital } from '../../schedule/index.ts';
import type { BookingContext } from '../for-account.ts';
import { departmentElsewhere, screenUnknown } from './errors.ts';
import { endScreen, insertScreen, selectScreens, type Screen } from './store.ts';

/** What is kept of a screen's token: it opens nothing by itself. */
export const tokenHash = (token: string): Uint8Array =>
  createHash('sha256').update(`screen ${token}`).digest();

type ByStaff = { hospital_id: string; actor: string };

/**
 * Links a screen (叫号屏) to a department, or to a whole campus. Its token is told once; the screen keeps
 * it, and whoever has it reads what hangs on the wall anyway.
 * @throws Problem booking/screen-department.
 */
export async function linkScreen(
  ctx: BookingContext,
  input: ByStaff & { campus_id: string; department_id: string | null; name: string },
): Promise<{ screen_id: string; token: string }> {
  const { hospital_id, campus_id, department_id, name, actor } = input;
  const { campuses, departments } = await getHospital(ctx, { hospital_id });
  const department = departments.find(({ id }) => id === department_id);
  const isThere =
    campuses.some(({ id }) => id === campus_id) &&
    (department_id === null || department?.campus_id === campus_id);
  if (!isThere) throw new Problem(departmentElsewhere);
  const token = Buffer.from(ctx.random.bytes(24)).toString('base64url');
  const screen_id = newId(ctx);
  const linked_at = ctx.clock.now();
  const screen = { screen_id, hospital_id, campus_id, department_id, name, linked_at };
  await ctx.db.tx(async (tx) => {
    await insertScreen(tx, { ...screen, token_hash: tokenHash(token), linked_by: actor });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.screen.linked',
        hospital_id,
        subject: `screen:${screen_id}`,
        version: 1,
        actor,
        payload: { screen_id, campus_id, department_id },
      },
    ]);
  });
  return { screen_id, token };
}

/** Ends a screen's link: it shows nothing from its next question on. @throws Problem booking/screen-unknown. */
export async function unlinkScreen(
  ctx: BookingContext,
  input: ByStaff & { screen_id: string },
): Promise<void> {
  const { screen_id, hospital_id, actor } = input;
  await ctx.db.tx(async (tx) => {
    const ended = await endScreen(tx, { ...input, at: ctx.clock.now() });
    if (!ended) throw new Problem(screenUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.screen.unlinked',
        hospital_id,
        subject: `screen:${screen_id}`,
        version: ended.version,
        actor,
        payload: { screen_id },
      },
    ]);
  });
}

/** The linked screens of a hospital. */
export const listScreens = (ctx: BookingContext, hospital_id: string): Promise<Screen[]> =>
  selectScreens(ctx.db, hospital_id);
