import { listPatients, patientNames } from '../identity/index.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { noticeUnknown } from './errors.ts';
import { countUnread, markRead, noticesFor, noticesOfPatient, type StoredNotice } from './store.ts';
import type { Channel } from './channels/types.ts';
import { sealedAs, type MessageState, type NotifyContext } from './types.ts';

const page_size = 20;
const staff_page_size = 100;

/** A notice as its readers see it; `at` as ISO 8601. */
export type Notice = {
  notice_id: string;
  at: string;
  title: string;
  text: string;
  kind: string;
  patient_name_masked: string;
  link: string | null;
  read: boolean;
};

type ReadContext = Pick<NotifyContext, 'db' | 'clock' | 'fields'>;

/** The notices about an account's patients, newest first, twenty a page. */
export async function listNotices(
  ctx: ReadContext,
  input: { account_id: string; before?: string | undefined },
): Promise<{ notices: Notice[]; unread: number }> {
  const { account_id, before = null } = input;
  const at = ctx.clock.now();
  const names = await namesOf(ctx, account_id);
  const patient_ids = [...names.keys()];
  if (patient_ids.length === 0) return { notices: [], unread: 0 };
  const [rows, unread] = await Promise.all([
    noticesFor(ctx.db, { account_id, patient_ids, before, limit: page_size, at }),
    countUnread(ctx.db, { account_id, patient_ids, at }),
  ]);
  return { notices: rows.map((row) => toNotice(ctx, row, names)), unread };
}

/** How many notices an account has not read. */
export async function unreadNotices(ctx: ReadContext, account_id: string): Promise<number> {
  const names = await namesOf(ctx, account_id);
  const patient_ids = [...names.keys()];
  if (patient_ids.length === 0) return 0;
  return countUnread(ctx.db, { account_id, patient_ids, at: ctx.clock.now() });
}

/** Notes that an account read a notice; again changes nothing. @throws Problem notify/notice-unknown. */
export async function readNotice(
  ctx: ReadContext,
  input: { account_id: string; notice_id: string },
): Promise<{ unread: number }> {
  const patient_ids = [...(await namesOf(ctx, input.account_id)).keys()];
  const asked = { ...input, patient_ids, at: ctx.clock.now() };
  if (!(await markRead(ctx.db, asked))) throw new Problem(noticeUnknown);
  return { unread: await countUnread(ctx.db, asked) };
}

/** What a patient was told by this hospital, for its staff; every read leaves an event. */
export async function listPatientNotices(
  ctx: NotifyContext,
  input: { patient_id: string; hospital_id: string; actor: string },
): Promise<(Notice & { sms: { channel: Channel; state: MessageState; at: string }[] })[]> {
  const { patient_id, hospital_id, actor } = input;
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'notify.notices.read',
        hospital_id,
        // A read changes nothing of the person, so it is a subject of its own.
        subject: `notices-read:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { patient_id },
      },
    ]),
  );
  const names = await patientNames(ctx, [patient_id]);
  const rows = await noticesOfPatient(ctx.db, { patient_id, hospital_id, limit: staff_page_size });
  return rows.map((row) => ({
    ...toNotice(ctx, row, names),
    sms: row.sms.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
  }));
}

/** The masked names of the patients an account acts for now, by id. */
async function namesOf(ctx: ReadContext, account_id: string): Promise<Map<string, string>> {
  const patients = await listPatients(ctx, account_id);
  return new Map(patients.map((patient) => [patient.patient_id, patient.name_masked]));
}

function toNotice(
  ctx: Pick<NotifyContext, 'fields'>,
  row: StoredNotice & { read: boolean },
  names: ReadonlyMap<string, string>,
): Notice {
  return {
    notice_id: row.id,
    at: row.created_at.toISOString(),
    title: ctx.fields.open(row.sealed_title, sealedAs.title),
    text: ctx.fields.open(row.sealed_text, sealedAs.text),
    kind: row.kind,
    patient_name_masked: names.get(row.patient_id) ?? '',
    link: row.link,
    read: row.read,
  };
}
