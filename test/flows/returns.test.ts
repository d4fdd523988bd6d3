import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exportFolder } from '../../src/evidence/index.ts';
import { sql } from '../../src/platform/sql.ts';
import { drawBundle } from '../../src/release/bundle.ts';
import { readLog } from '../../src/release/sealed-draw/read-bundle.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { getDraw } from '../../src/release/store-draw.ts';
import { heldOf, openDraw, registerAtWindow } from '../support/draws.ts';
import { twoWitnesses } from '../support/witnessed.ts';
import { staffAt, world } from '../support/world.ts';

const witnesses = twoWitnesses();
let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('returns', undefined, {}, witnesses.change);
});
after(async () => {
  await here.stop();
  witnesses.stop();
});

/** Where the returns stand. */
async function returns(draw_id: string): Promise<string> {
  const rows = await here.ctx.db.many<{ state: string }>(sql`
    select state from release.draw_return where draw_id = ${draw_id} order by n`);
  return rows.map((row) => row.state).join(' ');
}

const day = 86_400;

test('[R016] returned places are drawn again from a fresh round among those on standby, and the closed draw verifies whole', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  const { sessions, places } = draw;
  const slips = [];
  for (let n = 0; n < places + 15; n++)
    slips.push(
      await registerAtWindow(
        here,
        clerk,
        draw.draw_id,
        4000 + n,
        n % 2 ? sessions : sessions.toReversed(),
      ),
    );
  await here.advance(121);
  await here.advance(40);
  const first = await heldOf(here, draw.draw_id);
  assert.equal(first.length, places, 'every place has a winner');

  // Three give their place back; the others are called and confirm.
  const givers = first.slice(0, 3);
  for (const { id } of first.slice(3))
    await clerk.post(`/api/staff/appointments/${id}/call-log`, { outcome: 'confirmed' });
  for (const { id } of givers)
    await clerk.post(`/api/staff/appointments/${id}/call-log`, { outcome: 'declined' });
  await here.advance(605);
  assert.equal(await returns(draw.draw_id), 'waiting waiting');
  await here.advance(340);
  assert.equal(
    await returns(draw.draw_id),
    'sealed waiting',
    'what came back is sealed at the close',
  );
  await here.advance(40);
  assert.equal(await returns(draw.draw_id), 'drawn waiting');
  const second = await heldOf(here, draw.draw_id);
  assert.equal(second.length, 3, 'three on standby were promoted');
  const gone = new Set(givers.map((one) => one.patient_id));
  assert.ok(
    second.every((one) => !gone.has(one.patient_id)),
    'nobody gets back what they gave',
  );

  // One of them gives it back in turn; it is drawn once more.
  const clerkAgain = await staffAt(here.app, 'clerk');
  const [again, ...kept] = second;
  for (const { id } of kept)
    await clerkAgain.post(`/api/staff/appointments/${id}/call-log`, { outcome: 'confirmed' });
  await clerkAgain.post(`/api/staff/appointments/${again?.id}/call-log`, { outcome: 'declined' });
  await here.advance(605);
  await here.advance(80);
  await here.advance(40);
  assert.equal(await returns(draw.draw_id), 'drawn drawn');
  const [third] = await heldOf(here, draw.draw_id);
  assert.ok(third, 'the place went on to somebody else');
  const last = await staffAt(here.app, 'clerk');
  await last.post(`/api/staff/appointments/${third.id}/call-log`, { outcome: 'confirmed' });
  await here.advance(4 * day);

  const row = await getDraw(here.ctx.db, draw.draw_id);
  assert.equal(row?.state, 'closed');
  const files = await drawBundle(here.ctx, row);
  assert.ok(files.has('returns/001/allocation.jsonl') && files.has('returns/002/seal.json'));
  const folder = mkdtempSync(join(tmpdir(), 'zhenghao-log-'));
  await exportFolder(here.ctx, folder);
  const log = await readLog(folder);
  rmSync(folder, { recursive: true });
  const checks = verifyBundle(files, { receipt: slips[0].receipt, log, others: [files] });
  assert.deepEqual(
    checks.map((check) => [check.id, check.status, check.status === 'pass' ? [] : check.told]),
    checks.map((check) => [check.id, 'pass', []]),
  );
});
