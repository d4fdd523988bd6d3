import type { LimitTold } from './compile.ts';

/** A limit that refused somebody, as the statement answers it. */
export type RefusedLimit = LimitTold & { used: number; hospital_id: string };

const who: Record<LimitTold['per'], string> = {
  patient: '同一位就诊人',
  account: '同一个账号',
  phone: '同一个手机号',
  device: '同一台设备',
};
const place: Record<LimitTold['within'], string> = {
  hospital: '在本院',
  department: '在同一科室',
  doctor_session: '在同一位医生的一次出诊',
};
const time: Record<LimitTold['window'], string> = {
  session: '',
  service_half_day: '同一半天',
  service_day: '同一就诊日',
  rolling_7_days: '7天内',
  rolling_3_months: '3个月内',
  calendar_month: '一个自然月内',
  hospital_month: '本院的一个统计月内',
  minutes: '',
  horizon: '',
};

/** A span of minutes in words: whole hours as hours. */
export function minutesInWords(minutes: number): string {
  return minutes % 60 === 0 && minutes > 0 ? `${minutes / 60}小时` : `${minutes}分钟`;
}

/** A limit in one Chinese clause without a full stop, e.g. for the public page of rules. */
export function limitRule(limit: LimitTold): string {
  const scope = `${who[limit.per]}${place[limit.within]}${time[limit.window]}`;
  switch (limit.counts) {
    case 'active_bookings':
      return `${scope}最多有${limit.max}个预约`;
    case 'bookings_made':
      return `${scope}最多预约${limit.max}次，退掉的也算`;
    case 'cancellations':
      return limit.window === 'minutes'
        ? `退号以后，同一位就诊人过${minutesInWords(limit.minutes ?? 0)}可以再约`
        : `${scope}退号满${limit.max}次后暂停线上预约，到期自动恢复`;
    case 'holds_given_up':
      return `取消占号以后，同一位就诊人过${minutesInWords(limit.minutes ?? 0)}可以再约`;
    case 'advance':
      return `最多提前${limit.days}天预约`;
    default:
      return `第二天的号，线上预约到前一天${limit.time}为止`;
  }
}

const open = '窗口、转诊、复诊和急诊不受这条规则限制。';

/** Why a limit refused, by whose list, and what the person can do now. */
export function limitRefusal(limit: RefusedLimit): string {
  const rule = `本院规则：${limitRule(limit)}`;
  switch (limit.counts) {
    case 'active_bookings':
      return `${rule}，现在已有${limit.used}个。可以先退掉用不上的号，或换一天预约；${open}`;
    case 'bookings_made':
    case 'cancellations':
      return limit.window === 'minutes'
        ? `${rule}，请稍后再试；${open}`
        : `${rule}，现在已有${limit.used}次。可以等到期后再约；${open}`;
    case 'holds_given_up':
      return `${rule}，请稍后再试；${open}`;
    case 'advance':
      return `${rule}，请选择近一些的日期，或到时再来。`;
    default:
      return `${rule}，现在已过时间。请选择其他日期，或明天到院取现场号；${open}`;
  }
}
