import type { Browser, Page } from 'playwright-core';
import { agrees, phone } from '../../test/support/walk.ts';
import type { Prepared } from './prepared.ts';

type Count = { clicks: number; fields: number; pages: number; seconds: number };

/** A person at a phone whose presses, typed fields and pages are counted. */
function counted(page: Page) {
  const count: Count = { clicks: 0, fields: 0, pages: 0, seconds: 0 };
  let seen = '';
  const note = (): void => {
    const { pathname } = new URL(page.url());
    if (pathname === seen) return;
    seen = pathname;
    count.pages++;
  };
  page.on('framenavigated', (frame) => frame === page.mainFrame() && note());
  return {
    count,
    click: async (role: 'link' | 'button' | 'radio', name: string | RegExp) => {
      const thing = page.getByRole(role, { name }).first();
      await thing.waitFor();
      await (role === 'radio' ? thing.check() : thing.click());
      count.clicks++;
    },
    fill: async (label: string, text: string) => {
      await page.getByLabel(label, { exact: true }).fill(text);
      count.fields++;
    },
  };
}

type Person = ReturnType<typeof counted>;

/** From the first page to the page with the booked number; reading time is not in the seconds. */
async function book(
  page: Page,
  who: Person,
  steps: { signsIn?: () => Promise<void> },
): Promise<Count> {
  const started = performance.now();
  await page.goto('/');
  await who.click('link', /江州市第一人民医院/);
  await who.click('link', /^全科医学科/);
  await who.click('link', /有号/);
  await page.getByRole('heading', { name: '选择就诊时间' }).waitFor();
  await steps.signsIn?.();
  await who.click('radio', /第 \d+ 号/);
  await who.click('button', '占号，下一步确认');
  await who.click('button', /^确认预约/);
  await page.getByRole('heading', { name: '预约成功' }).waitFor();
  who.count.seconds = Math.round((performance.now() - started) / 100) / 10;
  return who.count;
}

/** Prints what one booking takes: by somebody new, and by somebody who is signed in. */
export async function countSteps(browser: Browser, prepared: Prepared): Promise<void> {
  const { here, url } = prepared;
  const person = here.ctx.population.syntheticPerson(74);
  const context = await browser.newContext({ baseURL: url, viewport: phone, locale: 'zh-CN' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const who = counted(page);
  const first = await book(page, who, {
    signsIn: async () => {
      await who.click('link', '登录');
      await who.fill('手机号', person.phone ?? '');
      await who.click('button', '获取验证码');
      await page.getByLabel('验证码', { exact: true }).waitFor();
      const reply = await page.request.get('/api/demo/outbox');
      const { messages } = (await reply.json()) as { messages: { to: string; text: string }[] };
      const code = messages.find(({ to }) => to === person.phone)?.text.match(/\d{6}/)?.[0] ?? '';
      await who.fill('验证码', code);
      await who.click('button', /^登录$/);
      await who.click('link', /添加就诊人/);
      await who.fill('姓名', person.name);
      await who.fill('证件号码', person.documentNumber);
      await who.click('button', '核验并添加');
      await agrees(page, page.getByRole('heading', { name: '选择就诊时间' }));
      who.count.clicks++; // the agreement
    },
  });
  tell('first time', first);
  const again = counted(page);
  // The same department the same day would be refused as a repeat: the person gives the number back.
  await page.getByRole('button', { name: '取消预约' }).click();
  await page.getByRole('button', { name: '确定取消' }).click();
  await page.getByRole('button', { name: '恢复预约' }).waitFor();
  await here.advance(600);
  tell('returning', await book(page, again, {}));
  await context.close();
}

function tell(name: string, { clicks, fields, pages, seconds }: Count): void {
  console.log(`${name}: ${clicks} presses, ${fields} fields, ${pages} pages, ${seconds} s`);
}
