import { shanghaiDate, shanghaiTime } from '../platform/clock.ts';

/** Every sentence that patients are told of their results, in one place. */

export const kinds = [
  'placed',
  'placed_return',
  'unplaced',
  'excluded',
  'displaced',
  'offer',
  'wish_asked',
  'wish_ended',
  'lapsed',
  'stopped',
] as const;
export type Kind = (typeof kinds)[number];

/** A session as words name it. */
export type Clinic = {
  service_date: string;
  period: 'morning' | 'afternoon' | 'evening';
  department: string;
  /** The doctor, or the clinic where it has none. */
  doctor: string;
  campus: string;
};

export type Ended = 'won' | 'withdrawn' | 'expired';

export type Facts = {
  kind: Kind;
  name_masked: string;
  hospital: string;
  /** The hospital's phone; empty where it has not given one. */
  hospital_phone: string;
  clinic?: Clinic | undefined;
  /** The clinic day, where no single session is meant. */
  service_date?: string | undefined;
  confirm_until?: Date | undefined;
  /** How many returned numbers a person is left out of. */
  places?: number | undefined;
  /** How a standing wish ended. */
  ended?: Ended | undefined;
};

/** `sms` is null for what is worth a notice but not a message. */
export type Told = { title: string; text: string; sms: string | null };

const periods = { morning: '上午', afternoon: '下午', evening: '晚上' } as const;
const weekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'] as const;

const endings: Record<Ended, string> = {
  won: '派到号了，请在“我的号”查看',
  withdrawn: '已按要求撤回',
  expired: '到了您选定的最后日期',
};

const fair = '交钱给任何人都不会提高机会。';

function dayOf(date: string): string {
  const [, month, day] = date.split('-');
  return `${Number(month)}月${Number(day)}日`;
}

function longDay(date: string): string {
  return `${dayOf(date)}（${weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]}）`;
}

/** 11月25日20:00 and 11月25日（周三）20:00: always the hour itself, never "within so long". */
function hour(instant: Date): string {
  return dayOf(shanghaiDate(instant)) + shanghaiTime(instant);
}

function longHour(instant: Date): string {
  return longDay(shanghaiDate(instant)) + shanghaiTime(instant);
}

/** What a short message may say of a clinic: hospital and time, neither department nor doctor. */
function shortClinic(facts: Facts): string {
  const { clinic, service_date } = facts;
  if (clinic) return facts.hospital + dayOf(clinic.service_date) + periods[clinic.period];
  return facts.hospital + (service_date === undefined ? '' : dayOf(service_date));
}

function longClinic(facts: Facts): string {
  const { clinic, service_date } = facts;
  if (clinic) {
    const { campus, department, doctor, period } = clinic;
    return `${facts.hospital}${campus} ${department} ${doctor} ${longDay(clinic.service_date)}${periods[period]}`;
  }
  return `${facts.hospital}${service_date === undefined ? '' : ` ${longDay(service_date)}`}`;
}

/** The ways without this site; a hospital without a phone has its window. */
function otherWays(facts: Facts, purpose: string, lead = '也可以'): string {
  const phone = facts.hospital_phone ? `拨打医院电话 ${facts.hospital_phone}，或` : '';
  return `${lead}${phone}带证件到门诊窗口${purpose}。`;
}

function byHour(facts: Facts): { short: string; long: string } {
  const until = facts.confirm_until;
  if (!until) return { short: '请尽快', long: '请尽快' };
  return { short: `请在${hour(until)}前`, long: `请在 ${longHour(until)} 前` };
}

const tell: Record<Kind, (facts: Facts) => Told> = {
  placed: (facts) => ({
    title: '派到号了，请确认',
    text: `${longClinic(facts)}的号已为${facts.name_masked}留好。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会退回，派给其他登记的人。到院付费，现在不收钱。`,
    sms: `${shortClinic(facts)}的号已留好，${byHour(facts).short}登录查看并确认，也可打医院电话或到窗口确认。`,
  }),
  placed_return: (facts) => ({
    title: '退号再派：派到号了，请确认',
    text: `有人退回的号派给了您：${longClinic(facts)}的号已为${facts.name_masked}留好。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会退回，派给其他登记的人。到院付费，现在不收钱。`,
    sms: `${shortClinic(facts)}有退号派给您，${byHour(facts).short}登录查看并确认，也可打医院电话或到窗口确认。`,
  }),
  unplaced: (facts) => ({
    title: '这次没有派到号',
    text: `${longClinic(facts)}的号，${facts.name_masked}这次没有派到。登记继续有效：就诊日之前，有人退号就自动再派，您不用再登记、也不用守着手机。着急看病，今天可以先挂普通门诊。每一步都可以在“登记结果”里核验。${fair}`,
    sms: `${shortClinic(facts)}的号这次没有派到；有退号会自动再派，不用再登记，请登录查看。${fair}`,
  }),
  excluded: (facts) => ({
    title: '有退号没有派给您，可以申诉',
    text: `${facts.hospital}这一次退号再派中，有 ${facts.places ?? 1} 个号没有派给${facts.name_masked}：您和退号的人用了同一个账号、手机号、设备或付款人，为防止私下转让，这样的号一律不派给有关联的人。只影响这几个号，其他退号照常派给您，也不计入任何记录。如果与事实不符，${otherWays(facts, '申诉', '请')}`,
    sms: `${facts.hospital}本次退号再派有${facts.places ?? 1}个号因账号或手机号与退号人相同，未派给您，其余照常。请登录查看，可申诉。`,
  }),
  displaced: (facts) => ({
    title: '停诊了，请选择怎么办',
    text: `${longClinic(facts)}停诊，派给${facts.name_masked}的号不能就诊。这不算您退号，也不计入您的任何记录。您可以接受替诊医生、等医院按原次序在这位医生以后的出诊中直接为您留号，或者不再看；已付的费用全部退还。请打开“登记结果”查看；${otherWays(facts, '办理')}`,
    sms: `${shortClinic(facts)}停诊，不计入您的任何记录。可选替诊、为您直接留号或全额退费，请登录查看。`,
  }),
  offer: (facts) => ({
    title: '已直接为您留号，请确认',
    text: `因为停诊，医院按原次序直接为${facts.name_masked}留了号：${longClinic(facts)}。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会留给下一位。`,
    sms: `${shortClinic(facts)}已因停诊直接为您留号，${byHour(facts).short}登录查看并确认，也可打医院电话或到窗口确认。`,
  }),
  wish_asked: (facts) => ({
    title: '长期登记：要继续吗？',
    text: `${facts.name_masked}在${facts.hospital}的长期登记，已经几次没有派到号，现在停了下来。只问这一次：要继续，请打开“登记结果”选择继续；不用回复就是不再登记。${otherWays(facts, '继续登记')}${fair}`,
    sms: `您在${facts.hospital}的长期登记几次没有派到号，已停下。要继续请登录选择，只问这一次。${fair}`,
  }),
  wish_ended: (facts) => ({
    title: '长期登记结束了',
    text: `${facts.name_masked}在${facts.hospital}的长期登记已经结束：${endings[facts.ended ?? 'expired']}。以后需要，可以重新登记；${otherWays(facts, '登记')}`,
    sms: null,
  }),
  lapsed: (facts) => ({
    title: '没有按时确认，号已退回',
    text: `${longClinic(facts)}的号没有按时确认，已经退回，派给其他登记的人。一年内第一次没有确认只是提醒，不影响以后登记。如果您没有收到通知，不会计入；${otherWays(facts, '说明情况')}`,
    sms: `${shortClinic(facts)}的号没有按时确认，已退回。一年内第一次只是提醒，没收到通知的不计入。请登录查看。`,
  }),
  stopped: (facts) => ({
    title: '停诊了，您的预约已结束',
    text: `${longClinic(facts)}停诊，${facts.name_masked}的预约已经结束。这不算您退号，也不计入您的任何记录；已付的费用全部退还。您可以改约其他医生或日期；${otherWays(facts, '改约')}`,
    sms: `${shortClinic(facts)}停诊，您的预约已结束，不计入您的任何记录，已付的全额退还。请登录查看或改约。`,
  }),
};

/** Title and text for the site, and the short message with the signature and the masked name. */
export function wordsOf(facts: Facts): Told {
  const { title, text, sms } = tell[facts.kind](facts);
  return { title, text, sms: sms === null ? null : `【正号】${facts.name_masked}：${sms}` };
}
