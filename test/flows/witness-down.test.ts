import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { openDraw, registerAtWindow, until } from '../support/draws.ts';
import { twoWitnesses } from '../support/witnessed.ts';
import { staffAt, world } from '../support/world.ts';

const witnesses = twoWitnesses();
let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('witness down', undefined, {}, witnesses.change);
});
after(async () => {
  await here.stop();
  witnesses.stop();
});

let sessions: string[] = [];

/** The newest announced draw of the places that went round. */
const newest = () =>
  here.ctx.db.one<{ id: string; closes_at: Date; published: boolean; entries: number }>(sql`
    select id, closes_at, published_json is not null as published,
      (select count(*)::int from release.entry e where e.draw_id = d.id and e.withdrawn_at is null) as entries
    from release.draw d where state = 'announced' and kind = 'batch' and exists (
      select from release.draw_session s where s.draw_id = d.id and s.session_id = ${sessions[0]})
    order by number desc limit 1`);

const stateOf = async (draw_id: string): Promise<string> =>
  (
    await here.ctx.db.one<{ state: string }>(
      sql`select state from release.draw where id = ${draw_id}`,
    )
  ).state;

test('a seal that the witnesses did not countersign in time is never drawn from', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  sessions = draw.sessions;
  await registerAtWindow(here, clerk, draw.draw_id, 9500, sessions);
  witnesses.down.add('b');
  await until(here, draw.closes_at, 2);
  assert.equal(await stateOf(draw.draw_id), 'sealed');
  await until(here, draw.round_at, 5);
  assert.equal(await stateOf(draw.draw_id), 'burnt');
});

test('rules that were not countersigned before entries close are burnt, and the next draw is proven when the witness is back', async () => {
  const again = await newest();
  assert.equal(again.published, false, 'with one witness of two nothing is proven');
  await until(here, again.closes_at, 1);
  assert.equal(await stateOf(again.id), 'burnt');
  witnesses.down.clear();
  await here.advance(5);
  const last = await newest();
  assert.equal(last.published, true);
  assert.equal(last.entries, 1, 'the entry went on from draw to draw');
});
