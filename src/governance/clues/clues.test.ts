import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jpegWithTraces, pngWithTraces, traces } from '../../../test/support/pictures.ts';
import { patientAt, staffAt, visitor, world, type Visitor } from '../../../test/support/world.ts';
import { sweepPersonalData } from '../../identity/index.ts';
import { personData } from '../../person-data.ts';
import { sql } from '../../platform/sql.ts';

let here: Awaited<ReturnType<typeof world>>;
let hospital_id: string;
let office: Visitor;

before(async () => {
  here = await world('reports about touts');
  const [hospital] = (await visitor(here.app).get('/api/hospitals')).hospitals;
  hospital_id = hospital.id;
  office = await staffAt(here.app, 'manager');
});
after(() => here?.stop());

let codes = 0;
const freshCode = (): string => `K0DE${String(++codes).padStart(8, '0')}`;

const told = {
  category: 'number_resale',
  place_kind: 'around',
  text: '门诊门口有人拦住我，说专家号都在他手里。',
  place: '东院区正门左手报亭旁',
  reach: '微信 haohao-88',
  asked_fen: 30_000,
  face_fen: 10_000,
  happened_on: '2026-11-23',
  happened_time: '07:40',
};

type Sent = { code: string; receipt: string };

/** Each from a network of its own, unless somebody signed in sends it. */
async function report(more: object = {}, from?: Visitor): Promise<Sent> {
  const code = freshCode();
  const payload = { hospital_id, code, ...told, ...more };
  if (from) return { code, ...(await from.post('/api/reports', payload)) };
  const remoteAddress = `192.0.2.${codes}`;
  const reply = await here.app.inject({
    method: 'POST',
    url: '/api/reports',
    remoteAddress,
    payload,
  });
  return { code, receipt: reply.json().receipt };
}

const progressOf = ({ receipt, code }: Sent) =>
  visitor(here.app).send('POST', `/api/reports/${receipt}/progress`, { code });

async function sendPhoto({ receipt, code }: Sent, bytes: Buffer) {
  const line = '--part\r\n';
  const head = 'content-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n';
  return here.app.inject({
    method: 'POST',
    url: `/api/reports/${receipt}/photos`,
    headers: {
      'content-type': 'multipart/form-data; boundary=part',
      'x-report-code': code,
    },
    payload: Buffer.concat([Buffer.from(line + head), bytes, Buffer.from('\r\n--part--\r\n')]),
  });
}

const find = async (sent: Sent, by = office) =>
  (await by.get('/api/staff/clues')).clues.find(
    (one: { receipt: string }) => one.receipt === sent.receipt,
  );

test('[R214] anybody reports without signing in, and follows the report by receipt and code', async () => {
  const sent = await report();
  assert.match(sent.receipt, /^JB\d{8}$/);
  const first = (await progressOf(sent)).body;
  assert.deepEqual([first.state, first.reply, first.photos], ['received', null, 0]);
  const { clue_id } = await find(sent);
  const path = `/api/staff/clues/${clue_id}`;
  await office.post(path, { state: 'checked', reply: '已调看当天监控，正在核实。' });
  assert.equal((await progressOf(sent)).body.reply, '已调看当天监控，正在核实。');
  await office.post(path, { state: 'handed_over', handed_to: 'police' });
  const third = (await progressOf(sent)).body;
  assert.deepEqual([third.state, third.handed_to], ['handed_over', 'police']);
  await office.post(path, { state: 'closed', outcome: 'acted', reply: '已由派出所处理，谢谢您。' });
  const last = (await progressOf(sent)).body;
  assert.deepEqual([last.state, last.outcome], ['closed', 'acted']);
});

test('a clue moves forward only; handing over names who, closing says how', async () => {
  const sent = await report();
  const { clue_id } = await find(sent);
  const move = async (body: object): Promise<string> => {
    const { status, body: said } = await office.send('POST', `/api/staff/clues/${clue_id}`, body);
    return status === 200 ? 'done' : said.code;
  };
  assert.equal(await move({ state: 'handed_over' }), 'governance/clue-needs');
  assert.equal(await move({ state: 'closed' }), 'governance/clue-needs');
  assert.equal(await move({ state: 'closed', outcome: 'duplicate' }), 'done');
  assert.equal(await move({ state: 'checked' }), 'governance/clue-moved');
  const late = await sendPhoto(sent, jpegWithTraces());
  assert.equal(late.json().code, 'governance/report-closed');
});

test('a wrong number and a wrong code get one answer, and so does a stranger who guesses', async () => {
  const sent = await report();
  const wrong = [
    await progressOf({ ...sent, code: freshCode() }),
    await progressOf({ receipt: 'JB00000000', code: sent.code }),
  ];
  const [first, second] = wrong.map(({ status, body }) => [status, body.code, body.detail]);
  assert.deepEqual(first, second);
  assert.equal(first?.[0], 404);
  const photo = await sendPhoto({ ...sent, code: freshCode() }, jpegWithTraces());
  assert.equal(photo.statusCode, 404);
});

test('a report sent twice after a lost answer is one report', async () => {
  const code = freshCode();
  const body = { hospital_id, code, ...told };
  const sent = await Promise.all([1, 2, 3].map(() => visitor(here.app).post('/api/reports', body)));
  assert.equal(new Set(sent.map((one) => one.receipt)).size, 1);
});

test('the same words sent again are told apart from new ones, whatever their spaces', async () => {
  const text = '有人在群里卖号 三百一个';
  const first = await report({ text });
  await report({ text: '有人，在群里卖号三百一个。' });
  assert.equal((await find(first)).same_words, 1);
});

test('[R069] prices asked and printed are kept with the mark-up, and their range is counted', async () => {
  const sent = await report({ asked_fen: 90_000, face_fen: 30_000 });
  const found = await find(sent);
  assert.deepEqual([found.asked_fen, found.face_fen, found.mark_up], [90_000, 30_000, 3]);
  const { figures } = await office.get('/api/staff/clues');
  assert.equal(figures.asked_max_fen, 90_000);
  assert.equal(figures.asked_min_fen, 30_000);
  assert.ok(figures.priced >= 2 && figures.mark_up_median >= 1);
  assert.equal((await find(await report({ face_fen: 0 }))).mark_up, null);
});

test('[R044] queue-jumping for admission, treatment and examinations is reported like a number', async () => {
  for (const category of ['admission_jump', 'treatment_jump', 'exam_jump'])
    assert.equal((await find(await report({ category }))).category, category);
});

test('[R045] a paid errand service is a kind of clue of its own', async () => {
  assert.equal((await find(await report({ category: 'errand' }))).category, 'errand');
});

test('[R089] a leak of personal data is a kind of clue of its own', async () => {
  assert.equal((await find(await report({ category: 'data_leak' }))).category, 'data_leak');
});

test('an offline clue keeps where and at which hour it was', async () => {
  const { clue_id } = await find(await report());
  const clue = await office.get(`/api/staff/clues/${clue_id}`);
  assert.deepEqual([clue.happened_on, clue.happened_time], ['2026-11-23', '07:40']);
  assert.equal(clue.place, told.place);
});

test('[R091] a report about staff is seen by the discipline office and not by the office of numbers', async () => {
  const sent = await report({ involves_staff: true, asked_fen: 5_000_000 });
  assert.equal(await find(sent), undefined);
  assert.ok((await office.get('/api/staff/clues')).figures.asked_max_fen < 5_000_000);
  const discipline = await staffAt(here.app, 'discipline');
  const found = await find(sent, discipline);
  const path = `/api/staff/clues/${found.clue_id}`;
  assert.equal((await discipline.get(path)).text, told.text);
  assert.equal((await office.send('GET', path)).status, 404);
  const move = await office.send('POST', path, { state: 'closed', outcome: 'outside' });
  assert.equal(move.status, 404);
});

test('nothing tells who reported, signed in or not, and nothing lies open in the database', async () => {
  const phone = here.ctx.population.syntheticPerson(37).phone ?? '';
  const account = await patientAt(here.app, phone);
  const { account_id } = await account.get('/api/me');
  const sent = await report({ contact: '邮箱 someone@example.test' }, account);
  const rows = await here.ctx.db.many<{ row: string }>(sql`
    select c::text as row from governance.clue c where receipt = ${sent.receipt}
    union all select e::text from platform.event e where name like 'governance.%'`);
  const written = rows.map(({ row }) => row).join('\n');
  const sealed = Buffer.from(told.text).toString('hex');
  for (const secret of [account_id, phone, told.text, sealed, 'someone@', 'haohao', sent.code])
    assert.ok(!written.includes(secret), secret);
  assert.ok(!/\b127\.0\.0\.1\b/.test(written));
  const actors = await here.ctx.db.many<{ actor: string }>(sql`
    select distinct actor from platform.event where name = 'governance.clue.received'`);
  assert.deepEqual(actors, [{ actor: 'anonymous' }]);
});

test('a contact is deleted when the reporter says so', async () => {
  const sent = await report({ contact: '13800000000' });
  assert.equal((await progressOf(sent)).body.has_contact, true);
  const { code } = sent;
  await visitor(here.app).post(`/api/reports/${sent.receipt}/forget-contact`, { code });
  assert.equal((await progressOf(sent)).body.has_contact, false);
  const { clue_id } = await find(sent);
  assert.equal((await office.get(`/api/staff/clues/${clue_id}`)).contact, null);
});

test('staff read words and photos, each reading is on record; the list and patients show none', async () => {
  const sent = await report();
  await sendPhoto(sent, jpegWithTraces());
  const found = await find(sent);
  assert.ok(!JSON.stringify(found).includes('报亭'));
  const path = `/api/staff/clues/${found.clue_id}`;
  assert.equal((await office.get(path)).reach, told.reach);
  const photo = await office.send('GET', `${path}/photos/1`);
  for (const trace of traces) assert.ok(!photo.raw.includes(trace));
  assert.equal(photo.raw.subarray(0, 3).toString('hex'), 'ffd8ff');
  const reads = await here.ctx.db.many<{ part: string }>(sql`
    select payload->>'part' as part from platform.event
    where name = 'governance.clue.read' and subject = ${`clue:${found.clue_id}`} order by version`);
  assert.deepEqual(reads, [{ part: 'words' }, { part: 'photo-1' }]);
  const someone = await patientAt(here.app, here.ctx.population.syntheticPerson(74).phone ?? '');
  for (const who of [someone, visitor(here.app), await staffAt(here.app, 'clerk')])
    assert.ok([401, 403].includes((await who.send('GET', path)).status));
});

test('three photos are taken, each once, also when they come at the same time', async () => {
  const sent = await report();
  const pictures = [1, 2, 3, 4].map((seed) => jpegWithTraces({ seed }));
  const [first = Buffer.alloc(0)] = pictures;
  const replies = await Promise.all([first, ...pictures].map((bytes) => sendPhoto(sent, bytes)));
  const refused = replies.filter(({ statusCode }) => statusCode !== 200);
  // The fourth picture is refused; it may be the one that was sent twice.
  assert.deepEqual(
    [...new Set(refused.map((reply) => reply.json().code))],
    ['governance/photos-full'],
  );
  assert.ok(refused.length <= 2);
  assert.equal((await progressOf(sent)).body.photos, 3);
});

test('a malformed or oversized picture is refused with a sentence; the report stands', async () => {
  const sent = await report();
  const refusals = [
    ['governance/photo-unreadable', jpegWithTraces().subarray(0, 60)],
    ['governance/photo-unreadable', Buffer.from('<?php echo 1 ?>')],
    ['governance/photo-too-large', jpegWithTraces({ width: 16_000, height: 16_000 })],
    ['governance/photo-too-large', Buffer.concat([pngWithTraces(), Buffer.alloc(6 << 20)])],
  ] as const;
  for (const [code, bytes] of refusals) {
    const reply = await sendPhoto(sent, bytes);
    assert.equal(reply.json().code, code);
    assert.match(reply.json().detail, /照片/);
  }
  assert.equal((await progressOf(sent)).body.photos, 0);
  const none = await here.app.inject({
    method: 'POST',
    url: `/api/reports/${sent.receipt}/photos`,
    headers: { 'content-type': 'multipart/form-data; boundary=part', 'x-report-code': sent.code },
    payload: '--part--\r\n',
  });
  assert.equal(none.json().code, 'governance/photo-missing');
});

test('contact, words and photos go when their time has passed; the figures stay', async () => {
  const sent = await report({ contact: '13800000000', asked_fen: 77_700 });
  await sendPhoto(sent, jpegWithTraces({ seed: 9 }));
  const { clue_id } = await find(sent);
  const path = `/api/staff/clues/${clue_id}`;
  await office.post(path, { state: 'closed', outcome: 'acted', reply: '已处理，谢谢您。' });
  const day_ms = 86_400_000;
  const closed = here.clock.now().getTime();
  const sweepAfter = async (days: number) => {
    here.clock.set(new Date(closed + days * day_ms));
    await sweepPersonalData(here.ctx, personData(here.ctx));
    here.clock.set(new Date(closed));
    return here.ctx.db.one<Record<string, unknown>>(sql`
      select sealed_contact is not null as contact, sealed_words is not null as words,
        sealed_reply is not null as reply, asked_fen,
        (select count(*) from governance.clue_photo where clue_id = ${clue_id}) as photos
      from governance.clue where id = ${clue_id}`);
  };
  const all = { contact: true, words: true, reply: true, asked_fen: 77_700, photos: 1 };
  assert.deepEqual(await sweepAfter(29), all);
  assert.deepEqual(await sweepAfter(31), { ...all, contact: false });
  const rest = { contact: false, words: false, reply: false, asked_fen: 77_700, photos: 0 };
  assert.deepEqual(await sweepAfter(366), rest);
  assert.equal((await office.get(path)).text, null);
});

test('a flood from one network waits; another network reports at once and nobody is noted', async () => {
  const from = (remoteAddress: string) =>
    here.app.inject({
      method: 'POST',
      url: '/api/reports',
      remoteAddress,
      payload: { hospital_id, code: freshCode(), ...told },
    });
  const flood = [];
  for (let n = 0; n < 22; n++) flood.push(await from('198.51.100.7'));
  assert.equal(flood.filter(({ statusCode }) => statusCode === 200).length, 20);
  const refused = flood.at(-1);
  assert.equal(refused?.json().code, 'governance/reports-later');
  assert.ok(Number(refused?.headers['retry-after']) <= 60);
  assert.equal((await from('198.51.100.8')).statusCode, 200);
  here.clock.set(new Date(here.clock.now().getTime() + 61_000));
  assert.equal((await from('198.51.100.7')).statusCode, 200);
});
