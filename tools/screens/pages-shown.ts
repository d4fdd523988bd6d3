import type { Page } from 'playwright-core';
import { staffAt } from '../../test/support/world.ts';
import type { Prepared } from './prepared.ts';

export type Shown = {
  name: string;
  path: string;
  face?: 'desk';
  /** In the window of the prepared patient. */
  signed?: true;
  /** Signed in at the console with this demo button. */
  staff?: string;
  dark?: true;
  /** What the device remembers. */
  kept?: Record<string, string>;
  act?: (page: Page) => Promise<unknown>;
};

const code = 'SCREENC0DE01';

/** The pages, in the order in which people meet them. */
export async function pagesOf(prepared: Prepared): Promise<Shown[]> {
  const { paths } = prepared;
  const receipt = await aReport(prepared);
  const elder = { 'zh.elder': '1' };
  return [
    { name: '01-home', path: '/' },
    { name: '02-departments', path: paths.hospital },
    { name: '03-search', path: `/search?q=${encodeURIComponent('眼睛')}` },
    { name: '04-guide', path: '/guide' },
    { name: '05-dates', path: paths.department },
    { name: '06-number', path: paths.order_session },
    { name: '07-today', path: '/today' },
    { name: '08-sign-in', path: '/sign-in' },
    { name: '09-number-signed-in', path: paths.order_session, signed: true },
    { name: '10-draw', path: paths.draw_session, signed: true },
    { name: '11-visits', path: '/visits', signed: true },
    { name: '12-visit', path: paths.visit, signed: true },
    { name: '13-waiting', path: '/waiting', signed: true },
    { name: '14-entries', path: '/entries', signed: true },
    { name: '15-standby', path: '/standby', signed: true },
    { name: '16-patients', path: '/patients', signed: true },
    { name: '17-know', path: '/know' },
    { name: '18-report', path: '/report' },
    {
      name: '19-report-progress',
      path: `/report/${receipt}`,
      act: async (page) => {
        await page.getByLabel('查询码').fill(code);
        await page.getByRole('button', { name: '查询', exact: true }).click();
        await page.getByRole('heading', { name: '办理进度' }).waitFor();
      },
    },
    { name: '20-elder-home', path: '/', kept: elder },
    { name: '21-elder-number', path: '/elder/number', signed: true, act: large },
    { name: '22-home-dark', path: '/', dark: true },
    { name: '23-clues', path: '/console/clues', face: 'desk', staff: '门诊办' },
  ];
}

/** 长辈版 is chosen by its button; the last page of this window, so that no other is large. */
async function large(page: Page): Promise<void> {
  await page.evaluate(`localStorage.setItem('zh.elder', '1')`);
  await page.reload();
}

/** Three reports of different people, one of them answered. @returns its receipt. */
async function aReport({ here, patient }: Prepared): Promise<string> {
  const { hospitals } = await patient.get('/api/hospitals');
  const send = async (more: object): Promise<string> => {
    const payload = { hospital_id: hospitals[0].id, ...more };
    const reply = await here.app.inject({ method: 'POST', url: '/api/reports', payload });
    return reply.json().receipt;
  };
  const receipt = await send({
    code,
    category: 'number_resale',
    place_kind: 'around',
    place: '东院区正门左手边',
    asked_fen: 30_000,
    face_fen: 10_000,
    text: '有人在门口问要不要专家号。',
  });
  await send({
    code: 'SCREENC0DE02',
    category: 'grab_service',
    place_kind: 'wechat',
    asked_fen: 20_000,
    text: '群里有人说可以代抢。',
  });
  await send({
    code: 'SCREENC0DE03',
    category: 'exam_jump',
    place_kind: 'inside',
    asked_fen: 40_000,
    text: '有人说交钱检查可以不用排队。',
  });
  const office = await staffAt(here.app, 'manager');
  const { clues } = await office.get('/api/staff/clues');
  const first = clues.find((one: { receipt: string }) => one.receipt === receipt);
  await office.post(`/api/staff/clues/${first.clue_id}`, {
    state: 'handed_over',
    handed_to: 'police',
    reply: '已调看当天的监控，并移交派出所。谢谢您告诉我们。',
  });
  return receipt;
}
