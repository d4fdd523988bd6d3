import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { notifyWorld, type NotifyWorld } from '../../test/support/notify.ts';
import { readOutbox } from '../identity/messages.ts';
import { SmsRefused } from '../identity/index.ts';
import { sql } from '../platform/sql.ts';
import { listNotices } from './notices.ts';
import { tries_max, try_lost_seconds } from './rules.ts';
import { sendMessages } from './send.ts';
import { claimDue } from './store-queue.ts';
import type { Body } from './channels/types.ts';
import { sealedAs } from './types.ts';

let here: NotifyWorld;
let session_id = '';
before(async () => {
  here = await notifyWorld('send');
  session_id = await here.session({ numbers: 4 });
});
after(() => here.stop());
beforeEach(async () => {
  await here.ctx.db.run(sql`delete from notify.message`);
  here.received.length = 0;
  delete here.gateway.before;
  delete here.gateway.after;
});

let phones = 16500000000;
const phone = (): string => String(++phones);
const wall = (text: string): void => here.ctx.clock.set(new Date(`${text}+08:00`));

async function winner(confirm_until = '2026-12-20T12:00:00.000Z') {
  const to = phone();
  const person = await here.withPhone(to);
  await here.happen('release.entry.placed', person.patient_id, {
    draw_id: session_id,
    entry_id: 'e'.repeat(64),
    appointment_id: session_id,
    session_id,
    confirm_until,
    n: 0,
  });
  return { ...person, to };
}

test('a result at ten at night is in the site at once and on the phone at eight', async () => {
  wall('2026-11-24T22:00:00');
  const person = await winner();
  const account_id = await here.holder(phone(), person.patient_id);
  await here.settle();
  assert.equal((await listNotices(here.ctx, { account_id })).unread, 1);
  assert.deepEqual(await here.states(), ['waiting_for_morning', 'waiting_for_morning']);
  wall('2026-11-25T07:59:59');
  await here.settle();
  assert.equal(here.received.length, 0);
  wall('2026-11-25T08:00:00');
  assert.equal(await here.settle(), 2);
  assert.match(here.received[0]?.text ?? '', /请在12月20日20:00前/);
  assert.deepEqual(await here.states(), ['sent', 'sent']);
});

test('what the evening did not get through waits for the morning too', async () => {
  wall('2026-11-25T20:59:00');
  await winner();
  await here.drain();
  assert.deepEqual(await here.states(), ['queued']);
  wall('2026-11-25T21:00:00');
  await here.settle();
  assert.deepEqual(await here.states(), ['waiting_for_morning']);
  wall('2026-11-26T08:00:01');
  assert.equal(await here.settle(), 1);
});

test('a server that dies between sending and noting it repeats the message under its key', async () => {
  wall('2026-11-26T10:00:00');
  const person = await winner();
  await here.drain();
  const at = here.ctx.clock.now();
  const lost_at = new Date(at.getTime() + try_lost_seconds * 1000);
  const [claimed] = await claimDue(here.ctx.db, { at, lost_at, limit: 10 });
  assert.ok(claimed);
  const { text } = JSON.parse(
    here.ctx.fields.open(claimed.sealed_body, sealedAs.message_body),
  ) as Body;
  await here.ctx.sms.send({ key: claimed.id, to: person.to, text });
  // It died here: nothing was noted. Until the try is taken for lost nobody sends again.
  assert.equal(await sendMessages(here.ctx), 0);
  here.pass(3);
  assert.equal(await sendMessages(here.ctx), 1);
  assert.deepEqual(
    here.received.map(({ key }) => key),
    [claimed.id, claimed.id],
  );
  const shown = (await readOutbox(here.ctx)).filter(({ to }) => to === person.to);
  assert.equal(shown.length, 1, 'the phone got it once');
  assert.deepEqual(await here.states(), ['sent']);
});

test('a gateway that took the message but did not answer is asked again, and the phone rings once', async () => {
  wall('2026-11-26T11:00:00');
  const person = await winner();
  here.gateway.after = () => {
    throw new Error('connection lost');
  };
  assert.equal(await here.settle(), 0);
  delete here.gateway.after;
  here.pass(1);
  assert.equal(await here.settle(), 1);
  const shown = (await readOutbox(here.ctx)).filter(({ to }) => to === person.to);
  assert.equal(shown.length, 1);
});

test('a gateway that is away is tried again with ever longer pauses, then the message has failed', async () => {
  wall('2026-11-26T12:00:00');
  const person = await winner();
  let tries = 0;
  here.gateway.before = () => {
    tries++;
    throw new Error(`no route for ${person.to}`);
  };
  await here.settle();
  await here.settle();
  assert.equal(tries, 1, 'no second try at once');
  for (const minutes of [1, 2, 8, 32, 128, 512]) {
    here.pass(minutes);
    await here.settle();
  }
  assert.equal(tries, tries_max);
  const row = await here.ctx.db.one<{ state: string; failure: string }>(
    sql`select state, failure from notify.message`,
  );
  assert.deepEqual({ ...row }, { state: 'failed', failure: 'gateway_error' });
  const { unreachable } = await here.ctx.db.one<{ unreachable: number }>(
    sql`select count(*) as unreachable from notify.unreachable_message where patient_id = ${person.patient_id}`,
  );
  assert.equal(unreachable, 1);
});

test('a message the gateway refuses for good fails at once', async () => {
  wall('2026-11-27T12:00:00');
  await winner();
  let tries = 0;
  here.gateway.before = () => {
    tries++;
    throw new SmsRefused('number_unknown');
  };
  await here.settle();
  here.pass(60);
  await here.settle();
  assert.equal(tries, 1);
  assert.deepEqual(await here.states(), ['failed']);
});

test('a message whose hour to confirm by has passed is not sent', async () => {
  wall('2026-11-27T22:00:00');
  await winner('2026-11-27T23:00:00.000Z');
  await here.settle();
  wall('2026-11-28T08:00:00');
  await here.settle();
  assert.equal(here.received.length, 0);
  assert.deepEqual(await here.states(), ['failed']);
});

test('who must confirm soonest is told first', async () => {
  wall('2026-11-28T10:00:00');
  const later = await winner('2026-12-02T12:00:00.000Z');
  const person = await here.withPhone(phone());
  await here.happen('release.entry.unplaced', person.patient_id, {
    draw_id: session_id,
    entry_id: 'f'.repeat(64),
    service_date: '2026-12-01',
  });
  const sooner = await winner('2026-11-29T12:00:00.000Z');
  await here.drain();
  const at = here.ctx.clock.now();
  const order: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const [one] = await claimDue(here.ctx.db, {
      at,
      lost_at: new Date(at.getTime() + 1),
      limit: 1,
    });
    assert.ok(one);
    order.push(here.ctx.fields.open(one.sealed_to, sealedAs.message_to));
  }
  assert.deepEqual(order.slice(0, 2), [sooner.to, later.to]);
});

test('two workers never send one message twice', async () => {
  wall('2026-11-28T12:00:00');
  for (let n = 0; n < 12; n++) await winner();
  await here.drain();
  const sent = await Promise.all([1, 2, 3].map(() => sendMessages(here.ctx)));
  assert.equal(
    sent.reduce((sum, one) => sum + one, 0),
    12,
  );
  assert.equal(new Set(here.received.map(({ key }) => key)).size, 12);
  assert.equal(here.received.length, 12);
});
