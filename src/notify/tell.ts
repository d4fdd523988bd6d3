import { recipientsOf, type Recipients } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { getSessions, listHospitals, type Hospital, type SessionView } from '../schedule/index.ts';
import { newsOf, type News } from './news.ts';
import { sendableFrom } from './rules.ts';
import { accountsWithoutSms, insertNotices, type NoticeRow, type SmsRow } from './store.ts';
import { wordsOf, type Clinic, type Facts } from './templates.ts';
import { sealedAs } from './types.ts';

export type TellContext = { clock: Clock; fields: FieldCrypto };

type Known = {
  recipients: Map<string, Recipients>;
  without_sms: Set<string>;
  sessions: Map<string, SessionView>;
  hospitals: Map<string, Hospital>;
};

/**
 * Writes what these events mean for patients: a notice for every account, a short message for every
 * phone. Five statements however many events there are; events told before change nothing.
 * @returns how many notices were new.
 */
export async function tellPatients(
  tx: Tx,
  ctx: TellContext,
  events: readonly StoredEvent[],
): Promise<number> {
  const news = events.map(newsOf).filter((one) => one !== undefined);
  if (news.length === 0) return 0;
  const known = await lookUp(tx, ctx, news);
  const notices: NoticeRow[] = [];
  const sms: SmsRow[] = [];
  for (const one of news) {
    const recipients = known.recipients.get(one.patient_id);
    if (!recipients) continue;
    const words = wordsOf(factsOf(one, recipients, known));
    notices.push(noticeRow(ctx, one, words, recipients.account_ids.length));
    if (words.sms !== null) sms.push(...smsRows(ctx, one, words.sms, { recipients, known }));
  }
  const at = ctx.clock.now();
  const due_at = sendableFrom(at);
  const state = due_at > at ? 'waiting_for_morning' : 'queued';
  return insertNotices(tx, { notices, sms }, { at, state, due_at });
}

async function lookUp(tx: Tx, ctx: TellContext, news: readonly News[]): Promise<Known> {
  const session_ids = new Set(news.flatMap((one) => one.session_id ?? []));
  const recipients = await recipientsOf(
    { db: tx, fields: ctx.fields },
    news.map((one) => one.patient_id),
  );
  const accounts = new Set([...recipients.values()].flatMap((one) => one.account_ids));
  const without_sms = await accountsWithoutSms(tx, [...accounts]);
  const sessions = session_ids.size > 0 ? await getSessions({ db: tx }, [...session_ids]) : [];
  const hospitals = await listHospitals({ db: tx });
  return {
    recipients,
    without_sms,
    sessions: new Map(sessions.map((session) => [session.id, session])),
    hospitals: new Map(hospitals.map((hospital) => [hospital.id, hospital])),
  };
}

function factsOf(news: News, recipients: Recipients, known: Known): Facts {
  const session = news.session_id === undefined ? undefined : known.sessions.get(news.session_id);
  const hospital = known.hospitals.get(news.hospital_id ?? session?.hospital_id ?? '');
  return {
    kind: news.kind,
    name_masked: recipients.name_masked,
    hospital: hospital?.name ?? '医院',
    hospital_phone: hospital?.phone ?? '',
    clinic: session && clinicOf(session),
    service_date: news.service_date,
    confirm_until: news.confirm_until,
    places: news.places,
    ended: news.ended,
  };
}

function clinicOf(session: SessionView): Clinic {
  return {
    service_date: session.service_date,
    period: session.period,
    department: session.department_name,
    doctor: session.practitioner_name ?? session.service_name,
    campus: session.campus_name,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function noticeRow(
  ctx: TellContext,
  news: News,
  words: { title: string; text: string },
  accounts: number,
): NoticeRow {
  const { event_id, hospital_id, patient_id, kind, matter, link } = news;
  return {
    event_id,
    hospital_id,
    patient_id,
    kind,
    matter,
    sealed_title: hex(ctx.fields.seal(words.title, sealedAs.title)),
    sealed_text: hex(ctx.fields.seal(words.text, sealedAs.text)),
    link,
    accounts,
  };
}

/** A phone whose account turned short messages off gets none, even where it is the patient's own. */
function smsRows(
  ctx: TellContext,
  news: News,
  text: string,
  to: { recipients: Recipients; known: Known },
): SmsRow[] {
  return to.recipients.phones
    .filter(({ account_id }) => account_id === null || !to.known.without_sms.has(account_id))
    .map(({ phone, phone_index }) => ({
      event_id: news.event_id,
      phone_index,
      sealed_to: hex(ctx.fields.seal(phone, sealedAs.sms_to)),
      sealed_text: hex(ctx.fields.seal(text, sealedAs.sms_text)),
      expires_at: news.confirm_until?.toISOString() ?? null,
    }));
}
