import { compactText } from './normalise.ts';

export type PhoneCheck =
  | { ok: true; phone: string }
  | {
      ok: false;
      code: 'iot_number' | 'foreign_number' | 'format';
      message: string;
      field: 'phone';
    };

function refuse(code: (PhoneCheck & { ok: false })['code'], message: string): PhoneCheck {
  return { ok: false, code, message, field: 'phone' };
}

/**
 * A mainland mobile number as 11 digits. Accepts +86, 0086, spaces, dashes and full-width digits.
 * The segment is not checked further: since numbers can be carried to another operator it proves
 * nothing about the holder.
 */
export function validatePhone(input: string): PhoneCheck {
  const text = compactText(input).replace(/[()]/g, '');
  const national = text.replace(/^(\+86|0086|86(?=1\d{10}$))/, '');
  if (/^1[3-9]\d{9}$/.test(national)) return { ok: true, phone: national };
  // 13-digit numbers (10xxx, 14xxx) belong to machines: no person can read a code sent to them.
  if (/^1\d{12}$/.test(national)) {
    return refuse('iot_number', '这是 13 位的物联网卡号，不能接收验证码，请填写 11 位手机号码。');
  }
  if (/^(\+|00)/.test(national)) {
    return refuse('foreign_number', '暂只支持中国内地手机号码，请填写以 1 开头的 11 位手机号码。');
  }
  return refuse('format', '手机号码应为以 1 开头的 11 位数字，请核对后重新填写。');
}
