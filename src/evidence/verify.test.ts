import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { destroyPersonKeys } from '../platform/person-keys.ts';
import { evidenceWorld, tamper } from '../../test/support/evidence.ts';
import { examineLog, newestCheckpoint, verifyLog } from './index.ts';

let w: Awaited<ReturnType<typeof evidenceWorld>>;
let gone: string;
let first: string;

before(async () => {
  w = await evidenceWorld('verify');
  const stays = await w.person();
  gone = await w.person();
  await w.tell([w.change('slot:0', 1), w.visit(stays, 'slot:1'), w.visit(gone, 'slot:2')]);
  await w.sequencer().drain();
  first = (await newestCheckpoint(w.ctx))?.note ?? '';
  const more = Array.from({ length: 600 }, (_, i) => w.change(`slot:${100 + i}`, 1));
  await w.tell([...more, w.change('slot:0', 2)]);
  await w.sequencer().drain();
});
after(() => w.stop());

const check = (changes: { vkey?: string; from?: string } = {}) =>
  verifyLog({ db: w.ctx.db, fields: w.ctx.fields, vkey: w.vkey, ...changes });

test('[R067] an untouched log verifies, and extends its older checkpoint', async () => {
  assert.deepEqual(await check({ from: first }), []);
});

test('[R067] the log still verifies after a person’s key was destroyed, and says what it could not check', async () => {
  const before = await examineLog({ db: w.ctx.db, fields: w.ctx.fields, vkey: w.vkey });
  assert.deepEqual(before.events, { compared: 604, not_recheckable: 0, pending: 0, waiting: 0 });
  await destroyPersonKeys(w.ctx.fields, [gone]);
  const after = await examineLog({ db: w.ctx.db, fields: w.ctx.fields, vkey: w.vkey });
  assert.deepEqual(after.findings, []);
  assert.deepEqual(after.events, { compared: 603, not_recheckable: 1, pending: 0, waiting: 0 });
});

const anything = `(select id from platform.event where subject = 'slot:150')`;
const frauds: { name: string; code: string; statement: string; undo?: string }[] = [
  {
    name: 'changed leaf data',
    code: 'root',
    statement: `update evidence.leaf set data = replace(convert_from(data, 'UTF8'), '"h":"', '"h":"0')::bytea where index = 42`,
  },
  {
    name: 'a changed tile',
    code: 'tile',
    statement: `update evidence.tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) where index = 0`,
  },
  {
    name: 'a changed tile root',
    code: 'tile',
    statement: `update evidence.tile set root = sha256('x') where index = 1`,
  },
  {
    name: 'a changed payload',
    code: 'leaf-altered',
    statement: `update platform.event set payload = payload || '{"reason":"other"}' where id = ${anything}`,
  },
  {
    name: 'a changed actor of a person’s event',
    code: 'leaf-altered',
    statement: `update platform.event set actor = 'account:other' where subject = 'slot:1'`,
  },
  {
    name: 'an event moved to another person',
    code: 'leaf-altered',
    statement: `update platform.event set person_id = null where subject = 'slot:1'`,
  },
  {
    name: 'a dropped event',
    code: 'event-missing',
    statement: `delete from platform.event where id = ${anything}`,
  },
  {
    name: 'an event dropped with its leaf',
    code: 'entries',
    statement: `with e as (delete from evidence.leaf where event_id = ${anything} returning event_id)
      delete from platform.event where id in (select event_id from e)`,
  },
  {
    name: 'an event dropped from the middle of a subject',
    code: 'version-gap',
    statement: `delete from platform.event where subject = 'slot:0' and version = 1`,
  },
  {
    name: 'an event slipped in behind the cursor',
    code: 'leaf-missing',
    statement: `insert into platform.event (tx, id, name, subject, version, actor, payload, occurred_at)
      values ('1', gen_random_uuid(), 'booking.number.voided', 'slot:new', 1, 'x', '{}', now())`,
  },
  {
    name: 'a forged signature',
    code: 'signature',
    statement: `update evidence.checkpoint set note = overlay(note placing
      case when substr(note, length(note) - 40, 1) = 'A' then 'B' else 'A' end
      from length(note) - 40 for 1)`,
  },
  {
    name: 'a cut log',
    code: 'head',
    statement: `update evidence.log set size = size - 1`,
  },
];

for (const { name, code, statement } of frauds)
  test(`[R067] log:verify finds ${name}`, async () => {
    const tables = ['platform.event', 'evidence.leaf', 'evidence.tile', 'evidence.checkpoint', 'evidence.log']; // prettier-ignore
    for (const table of tables) await tamper(w.ctx.db, `create table public.keep_${table.replace('.', '_')} as table ${table}`); // prettier-ignore
    try {
      await tamper(w.ctx.db, statement);
      const codes = (await check()).map((finding) => finding.code as string);
      assert.ok(codes.includes(code), `${code} is not among ${codes.join(', ') || 'no findings'}`);
    } finally {
      for (const table of tables) {
        const kept = `public.keep_${table.replace('.', '_')}`;
        await tamper(w.ctx.db, `delete from ${table}`);
        await tamper(w.ctx.db, `insert into ${table} select * from ${kept}`);
        await tamper(w.ctx.db, `drop table ${kept}`);
      }
    }
    assert.deepEqual(await check(), []);
  });

test('[R067] a log that was begun anew contradicts the checkpoint somebody kept', async () => {
  const other = await evidenceWorld('verify');
  try {
    await other.tell(Array.from({ length: 10 }, (_, i) => other.change(`slot:${i}`, 1)));
    await other.sequencer().drain();
    const { ctx, vkey } = other;
    const findings = await verifyLog({ db: ctx.db, fields: ctx.fields, vkey, from: first });
    assert.deepEqual(
      findings.map((finding) => finding.code),
      ['older-checkpoint'],
    );
  } finally {
    await other.stop();
  }
});
