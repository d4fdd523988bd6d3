import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { agrees } from '../../test/support/walk.ts';
import { patientAt, world, type Visitor } from '../../test/support/world.ts';

export type Prepared = {
  here: Awaited<ReturnType<typeof world>>;
  url: string;
  phone: string;
  patient: Visitor;
  /** Addresses that exist only in this world. */
  paths: {
    hospital: string;
    department: string;
    order_session: string;
    draw_session: string;
    visit: string;
  };
  stop(): Promise<void>;
};

type Listed = { id: string; name: string };

/**
 * The demo on loopback on a Tuesday morning, with a patient of two persons who has a booked number: what
 * pages are measured and pictured with.
 */
export async function prepareWorld(): Promise<Prepared> {
  const here = await world('prepared pages', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  const person = here.ctx.population.syntheticPerson(37);
  const phone = person.phone ?? '';
  const patient = await patientAt(here.app, phone);
  const added = await patient.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation: 'self',
  });
  const { hospitals } = await patient.get('/api/hospitals');
  const hospital = `/h/${hospitals[0].id}`;
  const { departments } = await patient.get(`/api/hospitals/${hospitals[0].id}`);
  const eye = departments.find((one: Listed) => one.name === '眼科') as Listed;
  const { sessions } = await patient.get(`/api/departments/${eye.id}/availability`);
  const find = (state: string): string =>
    sessions.find((one: { state: string }) => one.state === state)?.session_id;
  const session_id = find('free');
  const { numbers } = await patient.get(`/api/sessions/${session_id}`);
  const visit = await patient.post('/api/appointments', {
    session_id,
    slot_id: numbers[2].slot_id,
    patient_id: added.patient_id,
    confirm: true,
  });
  await here.advance(61); // one code a minute to a phone
  return {
    here,
    url,
    phone,
    patient,
    paths: {
      hospital,
      department: `${hospital}/d/${eye.id}`,
      order_session: `${hospital}/s/${session_id}`,
      draw_session: `${hospital}/s/${find('register') ?? find('unreleased') ?? session_id}`,
      visit: `/visits/${visit.appointment_id}`,
    },
    stop: here.stop,
  };
}

/** Signs the browser in by the pages, with the code of the demo's outbox. */
export async function signIn(page: Page, { url, phone }: Prepared): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('手机号').fill(phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const reply = await page.request.get(`${url}/api/demo/outbox`);
  const { messages } = (await reply.json()) as { messages: { to: string; text: string }[] };
  const code = messages.find(({ to }) => to === phone)?.text.match(/\d{6}/)?.[0] ?? '';
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await agrees(page, page.getByRole('link', { name: '我的号' }).first());
  await page.waitForURL((address) => address.pathname !== '/sign-in');
}

/** Signs staff in by the pages; `role` is what the demo's button says. */
export async function staffSignIn(page: Page, url: string, role: string): Promise<void> {
  await page.goto(`${url}/console/`);
  await page.getByRole('button', { name: role, exact: true }).click();
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('navigation', { name: '工作台' }).waitFor();
}
