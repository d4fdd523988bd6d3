import { shanghaiDate } from '../platform/clock.ts';
import type { Kind } from './kinds.ts';
import {
  byHour,
  dayOf,
  longClinic,
  longHour,
  otherWays,
  short,
  yuan,
  type Facts,
  type Told,
} from './words.ts';

type Sentences = Partial<Record<Kind, (facts: Facts) => Told>>;

/** 「第 7 号，约 09:30」, where the number is known. */
function numberOf(facts: Facts): string {
  const { visit } = facts;
  return visit ? `，第 ${visit.sequence} 号，就诊时间约 ${longHour(visit.starts_at)}` : '';
}

function lastDay({ until }: Facts): string {
  return until ? `${dayOf(shanghaiDate(until))}（含这天）之前，` : '';
}

function returnTo({ clinic, hospital }: Facts): string {
  return clinic ? `${hospital}${clinic.campus}${clinic.department}` : hospital;
}

/** Until when giving back is free of everything, and what happens afterwards, as the rules have it. */
function giveBack({ visit }: Facts): string {
  if (!visit) return '不能来，请打开“我的号”退号；';
  const after = visit.late_after ? '，过后到就诊前也能退，记一次超时退号' : '';
  return `不能来，请在 ${longHour(visit.cancel_until)} 前打开“我的号”退号${after}，已付的费用全额退回；`;
}

function placeOf(facts: Facts): string {
  return facts.clinic?.place ? `地点：${facts.clinic.place}。` : '';
}

const booking = {
  to_pay: (facts) => ({
    title: '号已留好，等您付款或确认',
    text: `${longClinic(facts)}的号正为${facts.name_masked}留着${numberOf(facts)}。${byHour(facts).long}打开“我的号”付款或确认；过时没有办好，号会自动退回，不计入任何记录，可以重新预约。`,
    out: short('{clinic}的号正为您留着，{until}登录付款或确认，过时自动退回。', facts),
  }),
  booked: (facts) => ({
    title: '预约成功',
    text: `${facts.name_masked}约好了：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}到院凭本人证件签到，不用排队换凭条；这条消息链接的页面就是就诊凭证。${giveBack(facts)}${otherWays(facts, '退号')}`,
    out: short(
      '{clinic}已约好，约{time}就诊。请带证件签到，{cancel}前可退号，凭证请登录查看。',
      facts,
    ),
  }),
  moved: (facts) => ({
    title: '改约好了',
    text: `${facts.name_masked}的预约已经改到：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}原来的号已经退回，不计入任何记录。到院凭本人证件签到。如果不是您本人或家人改的，请马上${otherWays(facts, '核实', '')}`,
    out: short('预约已改到{clinic}，约{time}就诊。请带证件签到，凭证请登录查看。', facts),
  }),
  cancelled: (facts) => ({
    title: '已退号',
    text: `${facts.name_masked}在${longClinic(facts)}的号已经退了。已付的费用全额退回原来的付款方式。如果不是您本人或家人退的，请马上${otherWays(facts, '核实', '')}`,
    out: null,
  }),
  added: (facts) => ({
    title: '医生给您加号了',
    text: `${longClinic(facts)}为${facts.name_masked}加了一个号${numberOf(facts)}。${placeOf(facts)}到院凭本人证件签到。加号不另外收费，谁要您为加号付钱，都请告诉医院。`,
    out: short('{clinic}医生已为您加号，约{time}就诊。请带证件签到，凭证请登录查看。', facts),
  }),
  added_refused: (facts) => ({
    title: '这次没有加上号',
    text: `${facts.name_masked}在${longClinic(facts)}的加号申请这次没有批准。您可以约其他时间或同科医生；着急看病请直接到急诊。${otherWays(facts, '咨询')}`,
    out: short('{hospital}的加号这次没有批准，可约其他时间，着急请到急诊。请登录查看。', facts),
  }),
  green: (facts) => ({
    title: '已转到绿色通道',
    text: `医生判断${facts.name_masked}需要尽快看专家，已直接转到：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}请带证件尽快签到。绿色通道不另外收费，也不影响以后预约。`,
    out: short('{clinic}：医生已为您开绿色通道，约{time}就诊。请带证件签到，登录可查看。', facts),
  }),
  referred: (facts) => ({
    title: '转诊号约好了',
    text: `您的基层医生已把${facts.name_masked}转到：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}到院凭本人证件签到。转诊号直接给，不用抢，也不参加派号，转诊不另外收费。不能来，请打开“我的号”退号，让别的病人能转上；${otherWays(facts, '退号')}`,
    out: short('{clinic}：已为您转诊，约{time}就诊。请带证件签到，凭证请登录查看。', facts),
  }),
  referral_asked: (facts) => ({
    title: '转诊已提交，等医院确认',
    text: `您的基层医生提交了${facts.name_masked}转到${longClinic(facts)}的申请，正在等医院确认，有结果马上告诉您。着急看病，不用等，请直接到急诊。`,
    out: null,
  }),
  referral_refused: (facts) => ({
    title: '这次没有转成',
    text: `${facts.name_masked}转到${longClinic(facts)}的申请这次没有办成。请联系为您转诊的医生，一起另选时间或科室；着急看病请直接到急诊。${otherWays(facts, '咨询')}`,
    out: short(
      '{hospital}的转诊这次没有办成，请联系转诊医生另选，着急请到急诊。请登录查看。',
      facts,
    ),
  }),
  free_return: (facts) => ({
    title: '您可以免费回诊一次',
    text: `${facts.name_masked}可以免费回诊一次：${lastDay(facts)}带证件到${returnTo(facts)}分诊台签到，就可以排队，不用再挂号，也不收挂号费。过了这天就不能用了；${otherWays(facts, '咨询')}`,
    out: short('{hospital}：您可以免费回诊一次，去哪里、最后一天请登录查看。', facts),
  }),
  return_back: (facts) => ({
    title: '停诊了，您的回诊还能用',
    text: `${longClinic(facts)}停诊，${facts.name_masked}这次没有看上，给您添麻烦了。免费回诊还给您留着：${lastDay(facts)}带证件到${returnTo(facts)}分诊台签到就可以；${otherWays(facts, '咨询')}`,
    out: short('{clinic}停诊，您的免费回诊还能用，最后一天请登录查看。', facts),
  }),
  team: (facts) => ({
    title: '已约好团队的专家',
    text: `团队医生请专家亲自为${facts.name_masked}看，已约好：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}到院凭本人证件签到。这个号由团队直接给，不用抢，也不参加派号。不能来，请打开“我的号”退号；${otherWays(facts, '退号')}`,
    out: short('{clinic}：团队已为您约好专家，约{time}就诊。请带证件签到，登录可查看。', facts),
  }),
  next_visit: (facts) => ({
    title: '医生已为您约好下次复诊',
    text: `${facts.name_masked}的下一次复诊，医生已经替您约好：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}不用再挂号，也不用抢；到院凭本人证件签到。日子不合适，请打开这条消息链接的页面改时间或退号；${otherWays(facts, '改时间')}`,
    out: short(
      '{clinic}：医生已为您约好复诊，约{time}就诊。请带证件签到；不合适可登录改时间。',
      facts,
    ),
  }),
  follow_up: (facts) => ({
    title: '复诊时间快到了',
    text: `按医生的安排，${facts.name_masked}该到${longClinic(facts)}复诊了。这一次没有合适的号可以替您自动约好，请自己选时间预约；${otherWays(facts, '预约')}不需要复诊，可以不理会这条消息。`,
    out: short('{hospital}：按医生安排，您该复诊了。请登录预约复诊号，也可打医院电话。', facts),
  }),
} satisfies Sentences;

const clinicDay = {
  eve: (facts) => ({
    title: '明天就诊提醒',
    text: `${facts.name_masked}明天就诊：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}请带好证件，提前半小时到院签到。不能来，请打开“我的号”退号，让别的病人能看上；${otherWays(facts, '退号')}`,
    out: short(
      '{clinic}，约{time}就诊。请带证件提前签到；不能来请登录退号，让别的病人能看上。',
      facts,
    ),
  }),
  check_in: (facts) => ({
    title: '可以签到了',
    text: `${facts.name_masked}今天就诊：${longClinic(facts)}${numberOf(facts)}。${placeOf(facts)}请到分诊台或自助机凭证件签到，签到后才会叫号。路上耽误了也请过来，分诊台会帮您安排。`,
    out: short('{clinic}，约{time}就诊，可以签到了。签到后才叫号，登录可查看位置。', facts),
  }),
  near: (facts) => ({
    title: `前面还有 ${facts.ahead ?? 3} 位`,
    text: `${longClinic(facts)}候诊，${facts.name_masked}前面还有 ${facts.ahead ?? 3} 位，请回到候诊区，留意屏幕和叫号。实时位置在“我的号”里看。`,
    out: short('{clinic}候诊，您前面还有{ahead}位，请回到候诊区。登录可查看最新位置。', facts),
  }),
  missed: (facts) => ({
    title: '叫过您的号了，请到分诊台',
    text: `${longClinic(facts)}刚才叫到${facts.name_masked}，您没在。不要紧：请到分诊台说一声，再过两位就轮到您，不用重新挂号。`,
    out: short(
      '{clinic}刚才叫到您，您没在。请到分诊台说一声，再过两位就轮到您，登录可查看。',
      facts,
    ),
  }),
  no_show: (facts) => ({
    title: '这次没有来就诊',
    text: `${longClinic(facts)}，${facts.name_masked}没有来就诊。一年内第一次只是提醒，不影响以后预约；看病的急诊、普通门诊和窗口任何时候都不受影响。如果您来过、退过号，或因为生病、意外来不了，请打开“我的号”说明；${otherWays(facts, '说明情况')}核实后不计入。`,
    out: short(
      '{clinic}没有来就诊。一年内第一次只是提醒；来过或有特殊情况，请登录说明，核实后不计。',
      facts,
    ),
  }),
} satisfies Sentences;

const change = {
  substituted: (facts) => ({
    title: '换医生出诊（替诊），您可以选择',
    text: `${longClinic(facts)}出诊：原来的医生临时不能来，由同科同级或更高职称的医生替诊，${facts.name_masked}的号和时间不变。接受替诊，不用做什么，照常来就诊。不接受，请在就诊前打开“我的号”选择“不接受替诊”：已付的费用全额退还，不算退号，不计入您的任何记录，还会优先为您留原来医生的号。${otherWays(facts, '办理')}`,
    out: short(
      '{clinic}改由同级或更高职称的医生替诊，时间不变。不接受可登录退号，全额退费，不计入记录。',
      facts,
    ),
  }),
  refused_substitute: (facts) => ({
    title: '已按您的选择退号',
    text: `您没有接受替诊，${facts.name_masked}在${longClinic(facts)}的预约已经结束。这不算退号，也不计入您的任何记录；已付的费用全额退还。医院会优先为您留原来医生的号，留好了马上告诉您。`,
    out: null,
  }),
  rebooked: (facts) => ({
    title: '已优先为您留号，请确认',
    text: `因为停诊，医院优先为${facts.name_masked}留了号：${longClinic(facts)}${numberOf(facts)}。${byHour(facts).long}打开“我的号”确认；${otherWays(facts, '确认')}不想要这个号，可以不理会，号会自动退回，不计入任何记录。`,
    out: short(
      '{clinic}已因停诊优先为您留号，{until}登录查看并确认，也可打医院电话或到窗口确认。',
      facts,
    ),
  }),
  rebooking_lapsed: (facts) => ({
    title: '为您留的号已退回',
    text: `因为停诊为${facts.name_masked}留的号（${longClinic(facts)}）没有按时确认，已经退回，不计入您的任何记录。还要看病，请重新预约；${otherWays(facts, '预约')}`,
    out: short('{clinic}因停诊为您留的号未确认，已退回，不计入任何记录。请登录查看或改约。', facts),
  }),
  rebooking_expired: (facts) => ({
    title: '没有等到可以留的号',
    text: `很抱歉：${longClinic(facts)}停诊之后三十天里，没有合适的号可以留给${facts.name_masked}，优先留号到此结束，费用已经全额退还。请约其他医生；${otherWays(facts, '预约')}`,
    out: short(
      '很抱歉，{hospital}停诊后三十天内没有合适的号留给您。请登录改约，也可打医院电话。',
      facts,
    ),
  }),
} satisfies Sentences;

const money = {
  pay_refused: (facts) => ({
    title: '付款时号已经退回，正在退款',
    text: `${facts.name_masked}在${facts.hospital}付款到账时，号已经过时退回。您付的钱会自动全额退回原来的付款方式，不用申请。还要看病，请重新预约；${otherWays(facts, '预约')}`,
    out: short(
      '{hospital}：付款到账时号已过时退回，钱会自动全额退还，不用申请。请登录查看。',
      facts,
    ),
  }),
  bill: (facts) => ({
    title: '有一笔费用可以缴了',
    text: `${facts.name_masked}在${facts.hospital}有一笔费用 ${yuan(facts.amount_fen)} 元，可以在网上缴，也可以到窗口缴。网上缴了，不用再到窗口排队。`,
    out: short('{hospital}有一笔费用{amount}元，可登录缴，也可到窗口缴。', facts),
  }),
  refunded: (facts) => ({
    title: '费用已退回',
    text: `${facts.name_masked}在${facts.hospital}的费用 ${yuan(facts.amount_fen)} 元已经按原来的付款方式退回。到账时间看银行，一般几天之内；没有收到，${otherWays(facts, '查询', '请')}`,
    out: short('{hospital}的费用{amount}元已原路退回，到账一般要几天。请登录查看。', facts),
  }),
  refund_failed: (facts) => ({
    title: '退款还没有成功，我们在处理',
    text: `${facts.name_masked}在${facts.hospital}的退款 ${yuan(facts.amount_fen)} 元还没有成功，可能是原来的卡已经停用。钱不会丢，我们会继续办理；${otherWays(facts, '换一种方式收款')}`,
    out: short(
      '{hospital}的退款{amount}元还没退成，钱不会丢，我们会继续办。请登录查看或打医院电话。',
      facts,
    ),
  }),
} satisfies Sentences;

const rule = {
  restricted: (facts) => ({
    title: '网上登记专家号暂停',
    text: `${facts.name_masked}在${facts.hospital}的网上登记专家号暂停${facts.until ? `到 ${longHour(facts.until)}` : ''}，到期自动恢复。急诊、普通门诊、窗口、复诊和转诊都不受影响，照常看病。原因、依据和申诉办法都在“我的”里写明；${otherWays(facts, '申诉')}一个工作日内答复。`,
    out: short(
      '{hospital}：网上登记专家号暂停，急诊、普通号、窗口照常。原因和申诉办法请登录查看。',
      facts,
    ),
  }),
  restriction_lifted: (facts) => ({
    title: '网上登记已恢复',
    text: `${facts.name_masked}在${facts.hospital}的网上登记专家号已经恢复，可以照常登记和预约。`,
    out: short('{hospital}：您的网上登记已经恢复，可以照常登记和预约，请登录查看。', facts),
  }),
  appeal_answered: (facts) => ({
    title: '您的申诉有答复了',
    text: `${facts.name_masked}在${facts.hospital}的申诉有答复了，请打开查看。不同意答复，${otherWays(facts, '再次申诉', '可以')}`,
    out: short('{hospital}：您的申诉有答复了，请登录查看；不同意可以再次申诉。', facts),
  }),
  acted_for: (facts) => ({
    title: '有人替您办理了预约事项',
    text: `${facts.name_masked}：有代办人员（村医、社工、校医等）在${facts.hospital}用您的名义办理了事项，内容在“我的号”里。如果没有经过您同意，请马上${otherWays(facts, '核实', '')}`,
    out: short(
      '{hospital}：有代办人员用您的名义办理了事项，请登录查看；不是您同意的请打医院电话。',
      facts,
    ),
  }),
} satisfies Sentences;

/** Sentences of a visit's life, of changes, money and rules. */
export const tellVisit = { ...booking, ...clinicDay, ...change, ...money, ...rule };
