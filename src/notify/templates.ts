import type { Kind } from './kinds.ts';
import {
  byHour,
  fill,
  longClinic,
  otherWays,
  short,
  type Ended,
  type Facts,
  type Told,
} from './words.ts';
import { tellVisit } from './templates-visit.ts';

/** Every sentence that patients are told, with templates-visit.ts; the way they are put together is in words.ts. */

const endings: Record<Ended, string> = {
  won: '派到号了，请在“我的号”查看',
  withdrawn: '已按要求撤回',
  expired: '到了您选定的最后日期',
};

const fair = '交钱给任何人都不会提高机会。';

const tell: Record<Kind, (facts: Facts) => Told> = {
  ...tellVisit,
  placed: (facts) => ({
    title: '派到号了，请确认',
    text: `${longClinic(facts)}的号已为${facts.name_masked}留好。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会退回，派给其他登记的人。到院付费，现在不收钱。`,
    out: short('{clinic}的号已留好，{until}登录查看并确认，也可打医院电话或到窗口确认。', facts),
  }),
  placed_return: (facts) => ({
    title: '退号再派：派到号了，请确认',
    text: `有人退回的号派给了您：${longClinic(facts)}的号已为${facts.name_masked}留好。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会退回，派给其他登记的人。到院付费，现在不收钱。`,
    out: short('{clinic}有退号派给您，{until}登录查看并确认，也可打医院电话或到窗口确认。', facts),
  }),
  unplaced: (facts) => ({
    title: '这次没有派到号',
    text: `${longClinic(facts)}的号，${facts.name_masked}这次没有派到。登记继续有效：就诊日之前，有人退号就自动再派，您不用再登记、也不用守着手机。着急看病，今天可以先挂普通门诊。每一步都可以在“登记结果”里核验。${fair}`,
    out: short(
      `{clinic}的号这次没有派到；有退号会自动再派，不用再登记，请登录查看。${fair}`,
      facts,
    ),
  }),
  excluded: (facts) => ({
    title: '有退号没有派给您，可以申诉',
    text: `${facts.hospital}这一次退号再派中，有 ${facts.places ?? 1} 个号没有派给${facts.name_masked}：您和退号的人用了同一个账号、手机号、设备或付款人，为防止私下转让，这样的号一律不派给有关联的人。只影响这几个号，其他退号照常派给您，也不计入任何记录。如果与事实不符，${otherWays(facts, '申诉', '请')}`,
    out: short(
      '{hospital}本次退号再派有{places}个号因账号或手机号与退号人相同，未派给您，其余照常。请登录查看，可申诉。',
      facts,
    ),
  }),
  displaced: (facts) => ({
    title: '停诊了，请选择怎么办',
    text: `${longClinic(facts)}停诊，派给${facts.name_masked}的号不能就诊。这不算您退号，也不计入您的任何记录。您可以接受替诊医生、等医院按原次序在这位医生以后的出诊中直接为您留号，或者不再看；已付的费用全部退还。请打开“登记结果”查看；${otherWays(facts, '办理')}`,
    out: short(
      '{clinic}停诊，不计入您的任何记录。可选替诊、为您直接留号或全额退费，请登录查看。',
      facts,
    ),
  }),
  offer: (facts) => ({
    title: '已直接为您留号，请确认',
    text: `因为停诊，医院按原次序直接为${facts.name_masked}留了号：${longClinic(facts)}。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}过时不确认，号会留给下一位。`,
    out: short(
      '{clinic}已因停诊直接为您留号，{until}登录查看并确认，也可打医院电话或到窗口确认。',
      facts,
    ),
  }),
  wish_asked: (facts) => ({
    title: '长期登记：要继续吗？',
    text: `${facts.name_masked}在${facts.hospital}的长期登记，已经几次没有派到号，现在停了下来。只问这一次：要继续，请打开“登记结果”选择继续；不用回复就是不再登记。${otherWays(facts, '继续登记')}${fair}`,
    out: short(
      `您在{hospital}的长期登记几次没有派到号，已停下。要继续请登录选择，只问这一次。${fair}`,
      facts,
    ),
  }),
  wish_ended: (facts) => ({
    title: '长期登记结束了',
    text: `${facts.name_masked}在${facts.hospital}的长期登记已经结束：${endings[facts.ended ?? 'expired']}。以后需要，可以重新登记；${otherWays(facts, '登记')}`,
    out: null,
  }),
  lapsed: (facts) => ({
    title: '没有按时确认，号已退回',
    text: `${longClinic(facts)}的号没有按时确认，已经退回，派给其他登记的人。一年内第一次没有确认只是提醒，不影响以后登记。如果您没有收到通知，不会计入；${otherWays(facts, '说明情况')}`,
    out: short(
      '{clinic}的号没有按时确认，已退回。一年内第一次只是提醒，没收到通知的不计入。请登录查看。',
      facts,
    ),
  }),
  stopped: (facts) => ({
    title: '停诊了，您的预约已结束',
    text: `${longClinic(facts)}停诊，${facts.name_masked}的预约已经结束。给您添麻烦了。这不算您退号，也不计入您的任何记录；已付的费用全部退还，不用申请。已经约好的，医院会按原来的就诊次序，优先在这位医生或同科同级医生的出诊中为您留号，留好了马上告诉您。想自己改约，现在就可以；${otherWays(facts, '改约')}`,
    out: short(
      '{clinic}停诊，预约已结束，不计入您的任何记录，已付的全额退还，并优先为您留号。请登录查看。',
      facts,
    ),
  }),
};

/**
 * Title and text for the site, and the sentence that leaves it, with signature and masked name. Of a
 * sensitive clinic not even the hospital is named outside, because its name can tell the illness.
 */
export function wordsOf(facts: Facts): Told & { sms: string | null } {
  const told = tell[facts.kind](facts);
  const { out } = told;
  return { ...told, sms: out && signed(fill(out), facts.name_masked) };
}

/** Every sentence that leaves the site as its template stands, to be filed with a gateway. */
export function outgoingTemplate(facts: Facts): string | null {
  const { out } = tell[facts.kind](facts);
  return out && signed(out.template, '{name}');
}

function signed(text: string, name: string): string {
  return `【正号】${name}：${text}`;
}
