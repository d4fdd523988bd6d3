import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { agrees, buildPages, desk, phone, walker, type Walker } from './support/walk.ts';
import { staffAt, world } from './support/world.ts';

// A morning of the hospital, walked through the pages by role and label. With SCREENS=docs/screens it
// also renews the pictures of the user guides.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
const faults: string[] = [];

before(async () => {
  await buildPages();
  here = await world('browser morning', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

const files = {
  departments: [
    '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
    'DERM,皮肤科,E,东院区,12,门诊楼4层C区',
  ],
  doctors: [
    '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
    'D101,陈立夏,主任医师,DERM,银屑病与特应性皮炎,DERM-CHEN,陈立夏主任门诊,主任,0,100,',
    'D102,陆清和,主治医师,DERM,常见皮肤病,DERM-ORD,皮肤科普通门诊,普通,0,50,',
  ],
  sessions: [
    '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数',
    'DERM-ORD,2026-11-24,上午,09:00,12:00,皮肤401,18',
    'DERM-ORD,2026-11-25,上午,08:00,12:00,皮肤401,24',
    'DERM-CHEN,2026-11-27,上午,08:00,12:00,皮肤406,10',
    'DERM-CHEN,2026-11-28,上午,08:00,12:00,皮肤406,10',
  ],
};

function csv(rows: string[]): { name: string; mimeType: string; buffer: Buffer } {
  return { name: 'import.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

async function staffSignsIn(who: Walker, role: string): Promise<void> {
  await who.page.goto('/console/');
  await who.page.getByRole('button', { name: role, exact: true }).click();
  await who.page.getByRole('button', { name: '登录', exact: true }).click();
  await who.page.getByRole('navigation', { name: '工作台' }).waitFor();
}

async function importsTables({ page, shot }: Walker): Promise<void> {
  const steps = [
    ['科室', files.departments],
    ['医生与门诊', files.doctors],
    ['出诊排班', files.sessions],
  ] as const;
  await page.getByRole('link', { name: '导入' }).click();
  // A file with a fault writes nothing and says where the fault is.
  const broken = [...files.departments, 'DERM2,,E,东院区,999,'];
  await page.getByLabel('选择文件').setInputFiles(csv(broken));
  await page.getByRole('button', { name: '校验' }).click();
  await heading(page, /需要修改/).waitFor();
  assert.ok(await page.getByRole('button', { name: '导入' }).isDisabled());
  await shot('console-import-faults');
  for (const [kind, rows] of steps) {
    await page.getByRole('radio', { name: kind }).check();
    await page.getByLabel('选择文件').setInputFiles(csv(rows));
    await page.getByRole('button', { name: '校验' }).click();
    await page.getByText(/行全部合格/).waitFor();
    await page.getByRole('button', { name: '导入' }).click();
    await page.getByText(/已导入/).waitFor();
    await here.settle();
  }
  await shot('console-import-done');
}

async function setsPlans({ page, shot }: Walker): Promise<void> {
  await page.getByRole('link', { name: '放号计划' }).click();
  await page.getByRole('button', { name: '新建计划' }).click();
  await page.getByLabel('门诊', { exact: true }).selectOption({ label: '皮肤科普通门诊 · 陆清和' });
  // A release by night is refused by the rules before anybody could be woken by it.
  await page.getByLabel('放号时间').fill('00:30');
  await page.getByRole('button', { name: '检查' }).click();
  await page.getByText(/不得深夜、凌晨放号/).waitFor();
  await shot('console-plan-refused');
  await page.getByLabel('放号时间').fill('08:00');
  await page.getByRole('button', { name: '保存为新版本' }).click();
  await page.getByText('已保存为新版本。').waitFor();
  await here.settle();
  await page.getByRole('button', { name: '关闭' }).click();
  await page.getByRole('button', { name: '新建计划' }).click();
  await page.getByLabel('门诊', { exact: true }).selectOption({ label: '陈立夏主任门诊 · 陈立夏' });
  await page.getByLabel('方式').selectOption({ label: '统一登记·随机派号' });
  await page.getByLabel(/派号组/).fill('DERM');
  await page.getByRole('checkbox', { name: /演示节奏/ }).check();
  await page.getByRole('button', { name: '保存为新版本' }).click();
  // A draw takes a second person.
  await page.getByText(/已提交，等另一位负责人审批/).waitFor();
  const second = await staffAt(here.app, 'it');
  const { proposals } = await second.get('/api/staff/plan-proposals');
  await second.post(`/api/staff/plan-proposals/${proposals[0].proposal_id}/decide`, {
    approve: true,
  });
  await here.settle();
  await page.getByRole('button', { name: '关闭' }).click();
  await shot('console-plans');
  await page.getByRole('link', { name: '出诊' }).click();
  await page.getByLabel('科室').selectOption({ label: '皮肤科' });
  await page.getByRole('cell', { name: '陈立夏', exact: true }).first().waitFor();
  await shot('console-sessions');
}

async function patientSignsIn({ page, shot }: Walker, number: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('手机号').fill(number);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const outbox = await page.context().newPage();
  await outbox.goto('/outbox');
  const text = await outbox
    .getByText(/登录验证码 \d{6}/)
    .first()
    .innerText();
  await outbox.close();
  await page.getByLabel('验证码', { exact: true }).fill(/\d{6}/.exec(text)?.[0] ?? '');
  await shot('patient-sign-in');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await heading(page, '选择医院').waitFor();
}

async function addsPatients({ page, shot }: Walker, people: Person[]): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: '就诊人' }).click();
  const [own] = people;
  await page.getByLabel('姓名').fill(own?.name ?? '');
  await page.getByLabel('证件号码').fill(mistyped(own?.documentNumber ?? ''));
  await page.getByRole('button', { name: '核验并添加' }).click();
  await page.getByText(/证件号码有误/).waitFor();
  await shot('patient-document-mistyped');
  for (const [at, person] of people.entries()) {
    await page.getByLabel('姓名').fill(person.name);
    await page.getByLabel('证件号码').fill(person.documentNumber);
    await page.getByLabel('与我的关系').selectOption(at === 0 ? 'self' : 'other');
    await page.getByRole('button', { name: '核验并添加' }).click();
    await agrees(page, page.getByRole('button', { name: '移除' }).nth(at));
  }
  await shot('patient-people');
  await allAgree(page);
}

/** The adults agree at the window to the account that added them. */
async function allAgree(page: Page): Promise<void> {
  const ask = async (path: string): Promise<any> => (await page.request.get(url + path)).json();
  const { account_id } = await ask('/api/me');
  const { patients } = await ask('/api/patients');
  const clerk = await staffAt(here.app, 'clerk');
  for (const { patient_id, state } of patients)
    if (state === 'pending')
      await clerk.post(`/api/staff/patients/${patient_id}/links/${account_id}`, { accept: true });
}

type Person = { name: string; documentNumber: string; phone?: string };

/** The number with its last digit but one wrong, so that the check digit tells. */
function mistyped(number: string): string {
  const digit = Number(number.at(-2));
  return number.slice(0, -2) + String((digit + 1) % 10) + number.slice(-1);
}

async function opensDepartment({ page, shot }: Walker, name: string): Promise<void> {
  await page.getByRole('link', { name: '首页' }).click();
  await heading(page, '选择医院').waitFor();
  await shot('patient-home');
  await page.getByRole('link', { name: /江州市第一人民医院/ }).click();
  await page.getByRole('searchbox').waitFor();
  await shot('patient-departments');
  await page.getByRole('searchbox').fill(name);
  await page.getByRole('link', { name }).click();
  await page.getByRole('list', { name: '出诊日期' }).waitFor();
}

async function booksNumber(who: Walker, masked: RegExp): Promise<void> {
  const { page, shot } = who;
  await opensDepartment(who, '皮肤科');
  await page.getByRole('button', { name: /11-24/ }).click();
  await shot('patient-availability');
  await page.getByRole('link', { name: /上午.*有号/ }).click();
  await heading(page, '选择就诊时间').waitFor();
  await page.getByRole('radio', { name: /第 1 号/ }).check();
  await page.getByRole('radio', { name: masked }).check();
  await shot('patient-order');
  await page.getByRole('button', { name: /占号/ }).click();
  await page.getByText('号已为您占住，请确认').waitFor();
  await shot('patient-held');
  await page.getByRole('button', { name: /确认预约/ }).click();
  await heading(page, '预约成功').waitFor();
  await shot('patient-booked');
  await cancelsAndRestores(who);
  await movesTime(who);
}

async function cancelsAndRestores({ page, shot }: Walker): Promise<void> {
  await page.getByRole('button', { name: '取消预约' }).click();
  await page.getByRole('dialog', { name: '取消这个预约？' }).waitFor();
  await shot('patient-cancel', { whole: false });
  await page.getByRole('button', { name: '确定取消' }).click();
  await page.getByRole('button', { name: '恢复预约' }).click();
  await heading(page, '预约成功').waitFor();
}

async function movesTime({ page }: Walker): Promise<void> {
  await page.getByRole('button', { name: '改时间' }).click();
  const dialog = page.getByRole('dialog', { name: '改时间' });
  await dialog.getByRole('radio', { name: /第 3 号/ }).check();
  await dialog.getByRole('button', { name: '改到这个时间' }).click();
  await page.getByRole('definition').filter({ hasText: '第 3 号' }).waitFor();
}

async function registers(who: Walker, masked: RegExp): Promise<void> {
  const { page, shot } = who;
  await opensDepartment(who, '皮肤科');
  await page.getByRole('button', { name: /11-27.*登记中/ }).click();
  await page
    .getByRole('link', { name: /登记中/ })
    .first()
    .click();
  await heading(page, '统一登记·随机派号').waitFor();
  await page.getByRole('radio', { name: masked }).check();
  await shot('patient-draw');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await agrees(page, page.getByText('登记好了'));
  await page.getByRole('img', { name: '登记回执二维码' }).waitFor();
  await shot('patient-entered');
  // A registration can be withdrawn and made again until it closes.
  await page.getByRole('button', { name: '撤回登记' }).click();
  await page.getByRole('button', { name: '撤回', exact: true }).click();
  await page.getByText('已撤回').waitFor();
  await opensDepartment(who, '皮肤科');
  await page.getByRole('button', { name: /11-27.*登记中/ }).click();
  await page
    .getByRole('link', { name: /登记中/ })
    .first()
    .click();
  await page.getByRole('radio', { name: masked }).check();
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await agrees(page, page.getByText('登记好了'));
}

async function confirmsAndVerifies({ page, shot }: Walker): Promise<void> {
  await page.reload();
  await page.getByText('派到号了').waitFor();
  await shot('patient-placed');
  await page.getByRole('button', { name: '确认就诊' }).click();
  await page.getByText('已经确认，请按时就诊。').waitFor();
  await page.getByRole('link', { name: '核验我的登记' }).click();
  await page.getByText('您的登记在封存的名单里，没有发现问题').waitFor({ timeout: 30_000 });
  await shot('patient-verify');
  await page.getByRole('link', { name: '我的号' }).click();
  await heading(page, '待就诊').waitFor();
  await shot('patient-visits');
}

test('a morning: import, plan, book, register, draw, confirm, verify, check in, call, see', async () => {
  const own = here.ctx.population.syntheticPerson(37);
  const people = [own, here.ctx.population.syntheticPerson(74)];
  const masked = new RegExp(`^${own.name.slice(0, 1)}`);
  const manager = await walker(browser, url, { size: desk, faults });
  await manager.page.goto('/console/');
  await manager.page.getByRole('button', { name: '门诊办' }).waitFor();
  await manager.shot('console-sign-in');
  await staffSignsIn(manager, '门诊办');
  await importsTables(manager);
  await setsPlans(manager);

  const patient = await walker(browser, url, { size: phone, faults });
  await patientSignsIn(patient, own.phone ?? '');
  await addsPatients(patient, people);
  await booksNumber(patient, masked);
  await registers(patient, masked);

  await manager.page.getByRole('link', { name: '派号' }).click();
  await heading(manager.page, /./).first().waitFor();
  await manager.shot('console-draws-open');
  await here.advance(130);
  await here.advance(40);
  await manager.page.reload();
  await manager.page.getByText('已派号').first().waitFor();
  await manager.shot('console-draws');
  await confirmsAndVerifies(patient);

  await walkDesk(patient, own, masked);
  await walkWindow();
  await manager.context.close();
  await patient.context.close();
  assert.deepEqual(faults, []);
});

async function walkDesk(patient: Walker, own: Person, masked: RegExp): Promise<void> {
  const nurse = await walker(browser, url, { size: desk, faults });
  const { page, shot } = nurse;
  await staffSignsIn(nurse, '分诊护士');
  await page.getByRole('link', { name: '叫号台' }).click();
  await page.getByLabel('科室').selectOption({ label: '皮肤科' });
  await page.getByRole('button', { name: '打开队列' }).first().click();
  const document_number = page.getByLabel('证件号码（刷卡或录入）');
  await document_number.fill(own.documentNumber);
  await document_number.press('Enter');
  await page.getByText(/已签到。/).waitFor();
  await patient.page
    .getByRole('link', { name: masked })
    .or(patient.page.getByRole('link', { name: /候诊中|预约成功/ }))
    .first()
    .waitFor();
  await page.getByRole('button', { name: '叫号', exact: true }).click();
  await page.getByRole('button', { name: '就诊完成' }).waitFor();
  await shot('console-desk');
  await patient.page.reload();
  await patient.page.getByRole('link', { name: /请就诊/ }).click();
  await patient.page.getByText(/已叫到您/).waitFor();
  await patient.shot('patient-called');
  await page.getByRole('button', { name: '就诊完成' }).click();
  await page.getByRole('cell', { name: /已就诊/ }).waitFor();
  await nurse.context.close();
}

async function walkWindow(): Promise<void> {
  const clerk = await walker(browser, url, { size: desk, faults });
  const { page, shot } = clerk;
  const elder = here.ctx.population.syntheticPerson(4001);
  await staffSignsIn(clerk, '挂号员');
  await page.getByRole('link', { name: '窗口' }).click();
  await page.getByLabel('姓名').fill(elder.name);
  await page.getByLabel('证件号码').fill(elder.documentNumber);
  await page.getByRole('button', { name: '查找或登记' }).click();
  await page.getByLabel('科室').selectOption({ label: '皮肤科（东院区）' });
  await page.getByRole('button', { name: '选时间' }).first().click();
  await page.getByRole('button', { name: '最早的号' }).click();
  await page.getByRole('region', { name: '凭条' }).waitFor();
  await shot('console-window');
  await clerk.context.close();
  const auditor = await walker(browser, url, { size: desk, faults });
  await staffSignsIn(auditor, '审计管理员');
  await auditor.page.getByRole('table').waitFor();
  await auditor.shot('console-audit');
  await auditor.context.close();
}

/** Fills a draw with people at the window, so that numbers are few; gives the hour it closes. */
async function crowd(group: string, count: number): Promise<Date> {
  const clerk = await staffAt(here.app, 'clerk');
  const { draws } = await clerk.get('/api/staff/draws');
  const draw = draws.find(
    (one: { group: string; state: string; sessions: { service_date: string }[] }) =>
      one.group === group && one.sessions[0]?.service_date === '2026-11-27',
  );
  const preferences = draw.sessions.map((one: { session_id: string }) => one.session_id);
  for (let n = 0; n < count; n++) {
    const { name, documentNumber } = here.ctx.population.syntheticPerson(5000 + n);
    const found = await clerk.post('/api/staff/patients', {
      name,
      document_type: 'resident_id',
      document_number: documentNumber,
    });
    const entry = { patient_id: found.patient_id, preferences };
    await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, entry);
  }
  return new Date(draw.closes_at);
}

test('whoever gets no number is told what to do now; large type, dark and English read as well', async () => {
  const people = [3, 4, 5].map((n) => here.ctx.population.syntheticPerson(n * 37));
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await patientSignsIn(who, people[0]?.phone ?? '');
  await addsPatients(who, people);
  for (const person of people) {
    await opensDepartment(who, '心血管内科');
    await page.getByRole('button', { name: /11-27/ }).click();
    await page
      .getByRole('link', { name: /登记中/ })
      .first()
      .click();
    await page.getByRole('radio', { name: person.documentNumber.slice(-4) }).check();
    await page.getByRole('button', { name: '登记', exact: true }).click();
    await agrees(page, page.getByText('登记好了'));
  }
  const closes = await crowd('CARD', 150);
  await here.advance((closes.getTime() - here.clock.now().getTime()) / 1000 + 1);
  await here.advance(60);
  await page.getByRole('link', { name: '登记结果' }).click();
  await page.reload();
  await page
    .getByRole('link', { name: /没有派到/ })
    .first()
    .waitFor();
  await shot('patient-entries');
  await page
    .getByRole('link', { name: /没有派到/ })
    .first()
    .click();
  await page.getByText('交钱给任何人都不会提高机会。').waitFor();
  await shot('patient-unplaced');
  await page.getByRole('button', { name: '长辈版' }).click();
  await page.getByRole('link', { name: '看心血管内科最近的号' }).click();
  await page.getByRole('list', { name: '出诊日期' }).waitFor();
  await shot('patient-large-type');
  await page.getByRole('button', { name: '标准版' }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await shot('patient-english');
  await who.context.close();
  const night = await walker(browser, url, { size: phone, faults, dark: true });
  await opensDepartmentAt(night);
  await night.context.close();
  assert.deepEqual(faults, []);
});

async function opensDepartmentAt({ page, shot }: Walker): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: /江州市第一人民医院/ }).click();
  await page.getByRole('link', { name: /眼科/ }).click();
  await page.getByRole('list', { name: '出诊日期' }).waitFor();
  await shot('patient-dark');
}
