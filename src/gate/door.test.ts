import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer_ms, createDoor, nextLimit, type Door } from './door.ts';

/** Fills the door with strangers until one is asked to come back; returns how many got in. */
function fill(door: Door, now_ms: number): number {
  for (let n = 0; ; n++) if (door.enter(`stranger ${now_ms} ${n}`, now_ms) > 0) return n;
}

test('whoever finds the door full is asked back soon and then let in before the new', () => {
  const door = createDoor();
  assert.equal(fill(door, 0), door.limit());
  const wait = door.enter('patient', 0);
  assert.ok(wait >= 1_000 && wait < 1_100, `${wait} ms`);
  for (let n = 0; n < 2; n++) door.leave(0, 20);
  assert.equal(door.enter('patient', wait), 0);
  // The places that came free are kept for those who wait: a stranger is asked back.
  assert.ok(door.enter('newcomer', wait) > 0);
});

test('who has stood before an open door for long would be answered late, and is asked back', () => {
  const door = createDoor();
  assert.equal(door.enter('soon enough', 0, answer_ms / 2), 0);
  const wait = door.enter('late', 0, answer_ms / 2 + 1);
  assert.ok(wait >= 1_000, `${wait} ms`);
  assert.equal(
    door.enter('late', wait, 10 * answer_ms),
    0,
    'and is let in then, however long the line',
  );
});

test('haste earns nothing: who comes back too early keeps their time and gets nothing by it', () => {
  const door = createDoor();
  fill(door, 0);
  const wait = door.enter('bot', 0);
  for (let n = 0; n < 20; n++) door.leave(0, 20);
  for (let now = 10; now < wait; now += 10) assert.equal(door.enter('bot', now), wait - now);
  assert.equal(door.enter('bot', wait), 0);
});

test('under twice the load a server can take, answers stay quick and a bot is served like anybody', () => {
  const door = createDoor();
  const per_ms = 2;
  const line: { account: string; entered_at: number }[] = [];
  /** Who comes back at which time. */
  const back = new Map<number, string[]>();
  const took: number[] = [];
  const served = { person: 0, bot: 0, bot_asked: 0 };
  const ask = (account: string, now: number): void => {
    const wait = door.enter(account, now);
    if (wait === 0) line.push({ account, entered_at: now });
    else if (account !== 'bot') {
      const step = Math.ceil((now + wait) / 5) * 5;
      back.set(step, [...(back.get(step) ?? []), account]);
    }
  };
  for (let now = 0; now < 12_000; now += 5) {
    for (const { account, entered_at } of line.splice(0, per_ms * 5)) {
      door.leave(entered_at, now);
      took.push(now - entered_at);
      served[account === 'bot' ? 'bot' : 'person']++;
    }
    for (const account of back.get(now) ?? []) ask(account, now);
    for (let n = 0; n < 2 * per_ms * 5; n++) ask(`person ${now} ${n}`, now);
    // It asks 200 times a second, whatever it is told.
    served.bot_asked++;
    if (!line.some(({ account }) => account === 'bot')) ask('bot', now);
  }
  took.sort((a, b) => a - b);
  const p99 = took[Math.floor(took.length * 0.99)] ?? 0;
  assert.ok(p99 < 150, `p99 ${p99} ms`);
  assert.ok(served.person > 0.9 * per_ms * 12_000, `${served.person} people served`);
  assert.ok(served.bot < 24, `the bot was served ${served.bot} of ${served.bot_asked} times`);
});

test('the door narrows when answers come late and widens while people stand outside', () => {
  const look = { answers: 64, late: 0, is_full: true, known: 100 };
  assert.equal(nextLimit(100, { ...look, late: 10 }), 90);
  assert.ok(nextLimit(100, look) > 100);
  assert.equal(nextLimit(100, { ...look, is_full: false }), 100);
  assert.equal(nextLimit(64, { ...look, late: 64 }), 64);
  const door = createDoor();
  const wide = door.limit();
  for (let now = 0; now < 10_000; now += 5) {
    assert.equal(door.enter(`person ${now}`, now), 0);
    door.leave(now, now + answer_ms + 50);
  }
  assert.ok(door.limit() <= wide / 2);
});

test('after a quiet moment the door opens narrower, and is soon as wide as it was', () => {
  const door = createDoor();
  let now = 0;
  const serve = (answers: number): void => {
    for (let n = 0; n < answers; n += fill(door, now)) {
      const inside = door.inside();
      for (let left = 0; left < inside; left++) door.leave(now, now + 20);
      now += 20;
    }
  };
  serve(4_000);
  const known = door.limit();
  while (door.inside() > 0) door.leave(now, now + 20);
  now += 5_000;
  assert.ok(fill(door, now) < known / 2);
  serve(2_000);
  assert.ok(door.limit() >= known, `${door.limit()}, was ${known}`);
});

test('who does not come back is forgotten, and those asked back are told a time they can keep', () => {
  const door = createDoor();
  fill(door, 0);
  for (let n = 0; n < 3_000; n++) door.enter(`crowd ${n}`, 0);
  const wait = door.enter('last', 0);
  assert.ok(wait > 1000 && wait <= 10_000, `${wait} ms`);
  assert.ok(door.waiting() > 3_000);
  door.enter('much later', 60_000);
  assert.ok(door.waiting() <= 1);
});
