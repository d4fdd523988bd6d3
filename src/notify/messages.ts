import type { Recipients } from '../identity/index.ts';
import { shanghaiDate, shanghaiTime } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Body, Channel } from './channels/types.ts';
import { rules } from './kinds.ts';
import type { News } from './news.ts';
import { isUrgent, rings, sendableFrom } from './rules.ts';
import type { MessageRow } from './store.ts';
import type { StoredContact } from './store-contacts.ts';
import { sealedAs, sealFor } from './types.ts';
import type { Facts, Told } from './words.ts';

/** What is known of the ways that reach accounts. */
export type ReachKnown = {
  /** `account channel` of what accounts do not want. */
  unwanted: ReadonlySet<string>;
  contacts: ReadonlyMap<string, StoredContact[]>;
};

type Telling = {
  news: News;
  facts: Facts;
  words: Told & { sms: string | null };
  recipients: Recipients;
  known: ReachKnown;
  moment: { at: Date; starts_at: Date | undefined; expires_at: Date | null };
};

type Address = { channel: Channel; account_id: string | null; to: string; to_index: string };

/** The messages of one notice: one an address, by the ways its kind travels and its accounts want. */
export function messageRows(ctx: { fields: FieldCrypto }, telling: Telling): MessageRow[] {
  const { news, words, moment } = telling;
  if (words.sms === null) return [];
  const rule = rules[news.kind];
  const body = JSON.stringify(bodyOf(telling, words.sms));
  const seal = sealFor(ctx.fields, news.patient_id);
  const urgent = isUrgent(news.kind, moment.starts_at, moment.at);
  return addressesOf(ctx, telling).map(({ channel, account_id, to, to_index }) => {
    const may_ring = rings(channel) && !urgent ? sendableFrom(moment.at) : moment.at;
    return {
      event_id: news.event_id,
      patient_id: news.patient_id,
      channel,
      to_index,
      sealed_to: seal(to, sealedAs.message_to),
      sealed_body: seal(body, sealedAs.message_body),
      state: may_ring > moment.at ? 'waiting_for_morning' : 'queued',
      urgent,
      rings: rings(channel),
      due_at: may_ring.toISOString(),
      expires_at: moment.expires_at?.toISOString() ?? null,
      account_id,
      wechat: channel === 'wechat' ? rule.wechat : null,
    };
  });
}

/** A phone whose account turned short messages off gets none, even where it is the patient's own. */
function addressesOf(ctx: { fields: FieldCrypto }, telling: Telling): Address[] {
  const { news, recipients, known } = telling;
  const rule = rules[news.kind];
  const wanted = (account_id: string | null, channel: Channel): boolean =>
    account_id === null || !known.unwanted.has(`${account_id} ${channel}`);
  const phones = rule.sms
    ? recipients.phones
        .filter(({ account_id }) => wanted(account_id, 'sms'))
        .map(({ phone, phone_index, account_id }) => ({
          channel: 'sms' as const,
          account_id,
          to: phone,
          to_index: phone_index,
        }))
    : [];
  const contacts = recipients.account_ids
    .flatMap((account_id) => known.contacts.get(account_id) ?? [])
    .filter(({ channel }) => (channel === 'email' ? rule.email : rule.wechat !== null))
    .filter(({ account_id, channel }) => wanted(account_id, channel))
    .map(({ channel, account_id, sealed_to, to_index }) => ({
      channel,
      account_id,
      to: ctx.fields.open(sealed_to, sealedAs.contact),
      to_index,
    }));
  return [...phones, ...contacts];
}

function bodyOf({ news, facts, words, moment }: Telling, text: string): Body {
  const { out } = words;
  if (!out) throw new Error('only what has words leaves the site');
  const time = moment.starts_at ?? moment.at;
  const [year, month, day] = shanghaiDate(time).split('-').map(Number);
  return {
    kind: news.kind,
    title: words.title,
    text,
    values: { name: facts.name_masked, ...out.values },
    link: news.link,
    name_masked: facts.name_masked,
    wechat: rules[news.kind].wechat,
    time: `${year}年${month}月${day}日 ${shanghaiTime(time)}`,
  };
}
