import { queuesOf, visitMoments, cancelTerms, type VisitMoment } from '../booking/index.ts';
import { recipientsOf, type Recipients } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { getSessions, listHospitals, type Hospital, type SessionView } from '../schedule/index.ts';
import { rules } from './kinds.ts';
import { messageRows, type ReachKnown } from './messages.ts';
import { newsOf, type News } from './news.ts';
import { calledSessions, nearNews } from './queue-news.ts';
import { insertNotices, type MessageRow, type NoticeRow } from './store.ts';
import { contactsOf } from './store-contacts.ts';
import { wordsOf } from './templates.ts';
import { sealedAs, sealFor } from './types.ts';
import type { Clinic, Facts } from './words.ts';

export type TellContext = { clock: Clock; fields: FieldCrypto };

type Known = ReachKnown & {
  recipients: Map<string, Recipients>;
  sessions: Map<string, SessionView>;
  hospitals: Map<string, Hospital>;
  visits: Map<string, VisitMoment>;
};

/**
 * Writes what these events mean for patients: a notice for every account, a message for every way
 * that reaches one. A handful of statements however many events there are; what was told before
 * changes nothing.
 * @returns how many notices were new.
 */
export async function tellPatients(
  tx: Tx,
  ctx: TellContext,
  events: readonly StoredEvent[],
): Promise<number> {
  const news = events.map(newsOf).filter((one) => one !== undefined);
  const called = calledSessions(events);
  if (called.size > 0) {
    const queues = await queuesOf(tx, [...called.keys()]);
    news.push(...nearNews(called, queues, ctx.clock.now()));
  }
  return tellNews(tx, ctx, news);
}

/** Writes news, whether an event or the clock brought it. @returns how many notices were new. */
export async function tellNews(tx: Tx, ctx: TellContext, news: readonly News[]): Promise<number> {
  if (news.length === 0) return 0;
  const known = await lookUp(tx, ctx, news);
  const notices: NoticeRow[] = [];
  const messages: MessageRow[] = [];
  const at = ctx.clock.now();
  for (const one of news) {
    const recipients = known.recipients.get(one.patient_id);
    if (!recipients || isPaid(one, known)) continue;
    const facts = factsOf(one, recipients, known);
    const words = wordsOf(facts);
    const moment = { at, starts_at: startOf(one, known), expires_at: expiryOf(one, facts, known) };
    notices.push(noticeRow(ctx, one, words, { recipients, expires_at: moment.expires_at }));
    messages.push(...messageRows(ctx, { news: one, facts, words, recipients, known, moment }));
  }
  return insertNotices(tx, { notices, messages }, at);
}

async function lookUp(tx: Tx, ctx: TellContext, news: readonly News[]): Promise<Known> {
  const session_ids = new Set(news.flatMap((one) => one.session_id ?? []));
  const visit_ids = new Set(news.flatMap((one) => one.appointment_id ?? []));
  const recipients = await recipientsOf(
    { db: tx, fields: ctx.fields },
    news.map((one) => one.patient_id),
  );
  const accounts = new Set([...recipients.values()].flatMap((one) => one.account_ids));
  const { unwanted, contacts } = await contactsOf(tx, [...accounts]);
  const visits = visit_ids.size > 0 ? await visitMoments(tx, [...visit_ids]) : [];
  const sessions = session_ids.size > 0 ? await getSessions({ db: tx }, [...session_ids]) : [];
  const hospitals = await listHospitals({ db: tx });
  return {
    recipients,
    unwanted,
    contacts,
    visits: new Map(visits.map((visit) => [visit.appointment_id, visit])),
    sessions: new Map(sessions.map((session) => [session.id, session])),
    hospitals: new Map(hospitals.map((hospital) => [hospital.id, hospital])),
  };
}

/** Heard late: what was held is booked or given up already, and there is nothing to pay. */
function isPaid(news: News, known: Known): boolean {
  if (news.kind !== 'to_pay') return false;
  return known.visits.get(news.appointment_id ?? '')?.status !== 'held';
}

function factsOf(news: News, recipients: Recipients, known: Known): Facts {
  const session = news.session_id === undefined ? undefined : known.sessions.get(news.session_id);
  const hospital = known.hospitals.get(news.hospital_id ?? session?.hospital_id ?? '');
  const visit = known.visits.get(news.appointment_id ?? '');
  return {
    kind: news.kind,
    name_masked: recipients.name_masked,
    hospital: hospital?.name ?? '医院',
    hospital_phone: hospital?.phone ?? '',
    clinic: session && clinicOf(session),
    service_date: news.service_date,
    confirm_until: news.confirm_until ?? visit?.hold_until ?? undefined,
    places: news.places,
    ended: news.ended,
    visit: visit && { ...visit, ...termsOf(visit) },
    ahead: news.ahead,
    amount_fen: news.amount_fen,
    until: news.until,
  };
}

/** Told is the hour until which giving back costs nothing; whether it can still be done afterwards. */
function termsOf(visit: VisitMoment): { cancel_until: Date; late_after: boolean } {
  const { until, late_from } = cancelTerms(visit);
  return { cancel_until: late_from ?? until, late_after: late_from !== null };
}

function clinicOf(session: SessionView): Clinic {
  return {
    service_date: session.service_date,
    period: session.period,
    department: session.department_name,
    doctor: session.practitioner_name ?? session.service_name,
    campus: session.campus_name,
    place: [session.place, session.room].filter(Boolean).join(' '),
    sensitive: session.sensitive,
  };
}

function startOf(news: News, known: Known): Date | undefined {
  const visit = known.visits.get(news.appointment_id ?? '');
  return visit?.starts_at ?? known.sessions.get(news.session_id ?? '')?.starts_at;
}

const before_the_visit = new Set([
  'booked',
  'moved',
  'eve',
  'check_in',
  'added',
  'green',
  'referred',
  'team',
  'next_visit',
]);
const before_the_session = new Set(['stopped', 'displaced', 'substituted']);

/** When there is nothing left to do about it: a message that would come later would mislead. */
function expiryOf(news: News, facts: Facts, known: Known): Date | null {
  if (news.kind === 'near') return news.until ?? null;
  if (facts.confirm_until) return facts.confirm_until;
  if (before_the_visit.has(news.kind)) return startOf(news, known) ?? null;
  if (before_the_session.has(news.kind))
    return known.sessions.get(news.session_id ?? '')?.ends_at ?? null;
  return null;
}

function noticeRow(
  ctx: TellContext,
  news: News,
  words: { title: string; text: string },
  more: { recipients: Recipients; expires_at: Date | null },
): NoticeRow {
  const { event_id, hospital_id, patient_id, kind, matter, link } = news;
  const seal = sealFor(ctx.fields, patient_id);
  return {
    event_id,
    hospital_id,
    patient_id,
    kind,
    matter,
    appointment_id: news.appointment_id ?? null,
    sealed_title: seal(words.title, sealedAs.title),
    sealed_text: seal(words.text, sealedAs.text),
    link,
    accounts: more.recipients.account_ids.length,
    expires_at: more.expires_at?.toISOString() ?? null,
    must_reach: rules[kind].must_reach,
  };
}
