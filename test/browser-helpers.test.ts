import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sql } from '../src/platform/sql.ts';
import { launchBrowser } from './support/browser.ts';
import { agrees, buildPages, desk, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, world, type Visitor } from './support/world.ts';

// A village doctor books for a patient with the hospital's leave; the patient sees it, and keeps the
// numbers of their own archives.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let helper: Walker;
let office: Walker;
let own: Visitor;
let patient_id: string;
const faults: string[] = [];
const doctor = () => here.ctx.population.syntheticPerson(37);
const ill = () => here.ctx.population.syntheticPerson(61);

before(async () => {
  await buildPages();
  here = await world('browser helpers', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  own = await patientAt(here.app, ill().phone);
  const { name, documentNumber } = ill();
  ({ patient_id } = await own.post('/api/patients', {
    ...{ name, document_type: 'resident_id', document_number: documentNumber, relation: 'self' },
  }));
  await here.advance(61); // one code a minute
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function signsIn(page: Page, number: string): Promise<void> {
  await page.goto('/sign-in?next=/patients');
  await page.getByLabel('手机号').fill(number);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const { messages } = await own.get('/api/demo/outbox');
  const code = /\d{6}/.exec(messages[0].text)?.[0] ?? '';
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

/** Holds the first free number of a session for the helped patient. */
async function holds(page: Page, service: string): Promise<void> {
  const { path } = await here.ctx.db.one<{ path: string }>(sql`
    select '/h/' || hospital_id || '/s/' || id as path from schedule.session_view
    where service_date = '2026-11-25' and service_name = ${service} order by starts_at limit 1`);
  await page.goto(path);
  await page.getByRole('radio', { name: /第 \d+ 号/ }).first().check(); // prettier-ignore
  await page.getByRole('group').last().getByRole('radio').first().check();
  await page.getByRole('button', { name: '占号，下一步确认' }).click();
}

test('a village doctor asks, and the office approves with a quota after seeing the credential', async () => {
  helper = await walker(browser, url, { size: phone, faults });
  const { page, shot } = helper;
  await signsIn(page, doctor().phone);
  await page.goto('/patients');
  await page.getByRole('link', { name: '村医、社工、校医代办' }).click();
  await page.getByLabel('所在单位').fill('柳溪村卫生室');
  await page.getByLabel('您的姓名').fill(doctor().name);
  await page.getByLabel('您的身份证号码').fill(doctor().documentNumber);
  const until = page.getByRole('group', { name: '资格有效期至' });
  await until.getByLabel('年').fill('2027');
  await until.getByLabel('月').selectOption('6');
  assert.equal(await until.getByLabel('日').getByRole('option').count(), 31); // 30 days, and none
  await until.getByLabel('日').selectOption('30');
  // A whole date in one go, as people write it, fills all three.
  await until.getByLabel('年').fill('2027年6月30日');
  assert.equal(await until.getByLabel('年').inputValue(), '2027');
  await shot('patient-helper-ask');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.getByText('等门诊办审核').waitFor();

  office = await walker(browser, url, { size: desk, faults });
  await office.page.goto('/console/');
  await office.page.getByRole('button', { name: '门诊办', exact: true }).click();
  await office.page.getByRole('button', { name: '登录', exact: true }).click();
  await office.page.getByRole('link', { name: '代办人', exact: true }).click();
  await office.page.getByText(/· 柳溪村卫生室/).waitFor();
  await office.page.getByLabel('每天最多代办几个号').fill('1');
  await office.page.getByLabel('每月最多代办几个号').fill('5');
  await office.page.getByLabel('已核对工作证明和身份证件').check();
  await office.shot('console-delegates-asked');
  await office.page.getByRole('button', { name: '同意', exact: true }).click();
  await office.page.getByText('每天 1 个，每月 5 个').waitFor();
});

test('[R041] the helper adds who signed the sheet and books within the quota, and no more', async () => {
  const { page, shot } = helper;
  await page.reload();
  await page.getByText('可以代办').waitFor();
  await page.getByLabel('姓名', { exact: true }).fill(ill().name);
  await page.getByLabel('居民身份证').fill(ill().documentNumber);
  await page.getByLabel('同意书编号').fill('同意书 2026-061');
  await page.getByLabel(/病人已在纸质同意书上签名/).check();
  await page.getByRole('button', { name: '核验并添加' }).click();
  await page.getByText('已添加，现在可以替病人挂号。').waitFor();
  await page.getByText('1 个（共 1 个）').waitFor();
  await shot('patient-helper');
  await holds(page, '心内科普通门诊');
  await agrees(page, page.getByText('号已为您占住，请确认').first());
  await page.getByRole('button', { name: /确认预约/ }).click();
  await page.getByRole('heading', { name: '预约成功' }).waitFor();
  await holds(page, '全科门诊');
  await page.getByText(/代办名额今天（或本月）已用完/).waitFor();
  await page.goto('/helpers');
  await page.getByText('0 个（共 1 个）').waitFor();

  await office.page.reload();
  await office.page.getByRole('button', { name: '看代办记录' }).click();
  await office.page.getByRole('cell', { name: '约号' }).waitFor();
  await office.shot('console-delegates-acts', { whole: false });
  assert.ok(!(await office.page.locator('body').innerText()).includes(ill().name));
});

test('the patient sees who booked, adds an archive number and chooses the one to use', async () => {
  await here.advance(61);
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await signsIn(page, ill().phone);
  await page.goto('/patients');
  await page.getByRole('link', { name: '谁约过号' }).click();
  await page.getByText('村医 · 柳溪村卫生室').waitFor();
  await shot('patient-acts-helper');
  await page.goBack();
  await page.getByRole('link', { name: '病历号、就诊卡' }).click();
  await page.getByLabel('病历号或就诊卡号').fill('MZ-0012345');
  await page.getByRole('button', { name: '提交核对' }).click();
  await page.getByText('已提交，等医院核对。').waitFor();

  // The window knows another number already, and finds the new one right.
  const clerk = await staffAt(here.app, 'clerk');
  await clerk.post(`/api/staff/patients/${patient_id}/archives`, { number: '20261188' });
  await office.page.goto('/console/person-cases');
  await office.page.getByRole('button', { name: '看这位病人的院内档案' }).click();
  await office.page.getByText('MZ-0012345').waitFor();
  await office.shot('console-archives');
  await office.page.getByRole('button', { name: '是本人的', exact: true }).click();
  await office.page.getByText('没有要核对').or(office.page.locator('.empty')).first().waitFor();

  await page.reload();
  const mine = page.getByRole('listitem').filter({ hasText: '****345' });
  await mine.getByRole('button', { name: '设为常用' }).click();
  await mine.getByText('正在使用').waitFor();
  await shot('patient-archives');
  await office.context.close();
  await helper.context.close();
  await who.context.close();
  assert.deepEqual(faults, []);
});
