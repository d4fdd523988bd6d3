import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalEvent, inVersionOrder, leafData, type LoggedEvent } from './rules.ts';

const event: LoggedEvent = {
  id: '0190a0a0-0000-7000-8000-000000000001',
  hospital_id: null,
  name: 'booking.number.voided',
  subject: 'slot:1',
  version: 1,
  person_id: null,
  actor: 'staff:1',
  payload: { state: 'void', reason: '设备', session_id: 's', slot_id: '1' },
  occurred_at: new Date('2026-11-24T01:00:00Z'),
};
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

test('the leaf of an event about nobody is the hash of its canonical form', () => {
  const canonical =
    '{"actor":"staff:1","hospital_id":null,"id":"0190a0a0-0000-7000-8000-000000000001",' +
    '"name":"booking.number.voided","occurred_at":"2026-11-24T01:00:00.000Z","payload":' +
    '{"reason":"设备","session_id":"s","slot_id":"1","state":"void"},"person_id":null,' +
    '"subject":"slot:1","version":1}';
  assert.equal(text(canonicalEvent(event)), canonical);
  const h = createHash('sha256').update(canonical).digest('hex');
  assert.equal(text(leafData(event)), `{"h":"${h}","t":"event"}`);
});

test('the leaf of a person is salted, and never made without a salt', () => {
  const ours = { ...event, person_id: '0190a0a0-0000-7000-8000-0000000000aa' };
  assert.throws(() => leafData(ours), RangeError);
  assert.throws(() => leafData(ours, new Uint8Array(8)), RangeError);
  const one = text(leafData(ours, new Uint8Array(16)));
  assert.notEqual(one, text(leafData(ours, new Uint8Array(16).fill(1))));
  assert.match(one, /^\{"h":"[0-9a-f]{64}","t":"event"\}$/);
});

test('a draw’s leaf is its exact bytes; no payload can pose as the hash of another event', () => {
  const draw = (leaf: unknown, person_id: string | null = null) =>
    ({
      ...event,
      name: 'release.draw.sealed',
      person_id,
      payload: { draw_id: 'd', leaf },
    }) as never;
  const leaf = '{"draw":"d","manifestHash":"00","seal":"11","t":"draw.sealed"}';
  assert.equal(text(leafData(draw(leaf))), leaf);
  for (const other of [
    `{"h":"${'0'.repeat(64)}","t":"event"}`,
    '{"t":"draw.sealed","draw":"d"}',
    'not json',
    '"draw.sealed"',
    'null',
    7,
  ])
    assert.match(text(leafData(draw(other))), /^\{"h":"[0-9a-f]{64}","t":"event"\}$/);
  assert.match(text(leafData(draw(leaf, 'p'), new Uint8Array(16))), /^\{"h":/);
});

test('each subject goes by version, whatever order its events were read in', () => {
  const at = (subject: string, version: number) => ({
    id: `${subject}${version}`,
    subject,
    version,
  });
  const ids = (events: { id: string }[]) => events.map(({ id }) => id).join(' ');
  const table: [string, string, string, string, string][] = [
    // read, logged, early before, appended, waiting after
    ['a1 b1 a2', '', '', 'a1 b1 a2', ''],
    ['a2 b1 a1', '', '', 'b1 a1 a2', ''],
    ['a3 a2', '', '', '', 'a3 a2'],
    ['a2', 'a1', '', 'a2', ''],
    ['a2 b1', 'a1', 'a3 a4 a6', 'a2 a3 a4 b1', ''],
    ['a1', 'a1', '', '', ''],
    ['a3 a1', '', '', 'a1', 'a3'],
  ];
  const parse = (line: string) =>
    line
      .split(' ')
      .filter(Boolean)
      .map((word) => at(word[0] ?? '', Number(word.slice(1))));
  for (const [read, logged, early, appended, waiting] of table) {
    const known = new Map(parse(logged).map((event) => [event.subject, event.version]));
    const turn = inVersionOrder(parse(read), known, parse(early));
    assert.equal(ids(turn.appended), appended, read);
    assert.equal(ids(turn.waiting), waiting, read);
  }
});
