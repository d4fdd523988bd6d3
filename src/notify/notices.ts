import { listPatients, patientNames } from '../identity/index.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { noticeUnknown } from './errors.ts';
import {
  countUnread,
  markRead,
  noticesFor,
  noticesOfPatient,
  smsWanted,
  upsertSmsChoice,
  type StoredNotice,
} from './store.ts';
import { sealedAs, type NotifyContext, type SmsState } from './types.ts';

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
  const names = await namesOf(ctx, account_id);
  const patient_ids = [...names.keys()];
  if (patient_ids.length === 0) return { notices: [], unread: 0 };
  const [rows, unread] = await Promise.all([
    noticesFor(ctx.db, { account_id, patient_ids, before, limit: page_size }),
    countUnread(ctx.db, account_id, patient_ids),
  ]);
  return { notices: rows.map((row) => toNotice(ctx, row, names)), unread };
}

/** How many notices an account has not read. */
export async function unreadNotices(ctx: ReadContext, account_id: string): Promise<number> {
  const names = await namesOf(ctx, account_id);
  return names.size === 0 ? 0 : countUnread(ctx.db, account_id, [...names.keys()]);
}

/** Notes that an account read a notice; again changes nothing. @throws Problem notify/notice-unknown. */
export async function readNotice(
  ctx: ReadContext,
  input: { account_id: string; notice_id: string },
): Promise<{ unread: number }> {
  const patient_ids = [...(await namesOf(ctx, input.account_id)).keys()];
  const found = await markRead(ctx.db, { ...input, patient_ids, at: ctx.clock.now() });
  if (!found) throw new Problem(noticeUnknown);
  return { unread: await countUnread(ctx.db, input.account_id, patient_ids) };
}

/** Whether an account gets results by short message too. */
export async function readPreferences(
  ctx: Pick<NotifyContext, 'db'>,
  account_id: string,
): Promise<{ sms: boolean }> {
  return { sms: await smsWanted(ctx.db, account_id) };
}

/** Turns short messages of results on or off; sign-in codes are no results and come in any case. */
export async function choosePreferences(
  ctx: Pick<NotifyContext, 'db' | 'clock'>,
  input: { account_id: string; sms: boolean },
): Promise<{ sms: boolean }> {
  const { account_id, sms } = input;
  await upsertSmsChoice(ctx.db, { account_id, wanted: sms, at: ctx.clock.now() });
  return { sms };
}

/** What a patient was told by this hospital, for its staff; every read leaves an event. */
export async function listPatientNotices(
  ctx: NotifyContext,
  input: { patient_id: string; hospital_id: string; actor: string },
): Promise<(Notice & { sms: { state: SmsState; at: string }[] })[]> {
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
    sms: row.sms.map(({ state, at }) => ({ state, at: new Date(at).toISOString() })),
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
