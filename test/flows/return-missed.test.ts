import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { heldOf, openDraw, registerAtWindow, until } from '../support/draws.ts';
import { twoWitnesses } from '../support/witnessed.ts';
import { staffAt, world } from '../support/world.ts';

const witnesses = twoWitnesses();
let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('return missed', undefined, {}, witnesses.change);
});
after(async () => {
  await here.stop();
  witnesses.stop();
});

test('[R016] a return that its witnesses did not see in time is never drawn late: its places wait for the next one', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  for (let n = 0; n < draw.places + 2; n++)
    await registerAtWindow(here, clerk, draw.draw_id, 9700 + n, draw.sessions);
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const [giver] = await heldOf(here, draw.draw_id);
  await clerk.post(`/api/staff/appointments/${giver?.id}/cancel`);
  await here.advance(605);
  const states = async (): Promise<string> =>
    (
      await here.ctx.db.many<{ state: string }>(sql`
        select state from release.draw_return where draw_id = ${draw.draw_id} order by n`)
    )
      .map((row) => row.state)
      .join(' ');
  const [first, second] = draw.returns as [(typeof draw.returns)[0], (typeof draw.returns)[0]];
  witnesses.down.add('b');
  await until(here, first.closes_at, 1);
  assert.equal(await states(), 'sealed waiting');
  await until(here, first.round_at, 5);
  assert.equal(await states(), 'missed waiting');
  assert.equal((await heldOf(here, draw.draw_id)).length, draw.places - 1, 'nobody got it');
  witnesses.down.clear();
  await until(here, second.closes_at, 1);
  await until(here, second.round_at, 5);
  assert.equal(await states(), 'missed drawn');
  assert.equal((await heldOf(here, draw.draw_id)).length, draw.places, 'the next return gave it');
});
