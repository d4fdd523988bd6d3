import {
  checkRegion,
  readNumber,
  refuseBirthDate,
  sexOfSequence,
  yearsBefore,
} from './citizen-number.ts';
import { normaliseDocumentNumber } from './normalise.ts';
import { isKnownProvince, lookupRegion } from './region-codes.ts';
import { DOCUMENT_TYPES, isDocumentType } from './types.ts';
import type {
  DocumentCheck,
  DocumentField,
  DocumentInput,
  DocumentRefusal,
  DocumentType,
} from './types.ts';

/** 民法典 art. 17: from 18 on a person can answer for a child. */
const ADULT_AGE = 18;

function refuse(code: string, message: string, field: DocumentField = 'number'): DocumentRefusal {
  return { ok: false, code, message, field };
}

function accept(type: DocumentType, number: string): DocumentCheck & { ok: true } {
  return { ok: true, document: { type, number }, warnings: [] };
}

/** Identity card and household register: both carry the citizen's number of GB 11643-1999. */
function checkCitizen(
  type: DocumentType,
  number: string,
  today: string,
  paperSeen = false,
): DocumentCheck {
  const read = readNumber(number, today);
  if (!read.ok) return read;
  const { regionCode, birthDate, sequence } = read.parts;
  if (/^(81|82|83)/.test(regionCode)) {
    return refuse('wrong_type', '这是港澳台居民居住证的号码，请将证件类型改为港澳台居民居住证。');
  }
  if (regionCode.startsWith('9')) {
    return refuse(
      'wrong_type',
      '这是外国人永久居留身份证的号码，请将证件类型改为外国人永久居留身份证。',
    );
  }
  const region = checkRegion(read.parts, paperSeen);
  if (!region.ok) return region;
  const sex = sexOfSequence(sequence);
  const regionName = region.name === undefined ? {} : { regionName: region.name };
  const document = { type, number, birthDate, sex, regionCode, ...regionName };
  return { ok: true, document, warnings: region.warnings };
}

function checkResidencePermit(type: DocumentType, number: string, today: string): DocumentCheck {
  const read = readNumber(number, today);
  if (!read.ok) return read;
  const { regionCode, birthDate, sequence } = read.parts;
  const region = /^(81|82|83)0000$/.test(regionCode) ? lookupRegion(regionCode) : undefined;
  if (!region) {
    const message =
      '港澳台居民居住证号码应以 810000、820000 或 830000 开头，请核对证件类型和号码。';
    return refuse('region_unknown', message);
  }
  const sex = sexOfSequence(sequence);
  const document = { type, number, birthDate, sex, regionCode, regionName: region.name };
  return { ok: true, document, warnings: [] };
}

/**
 * The 2023 card has 18 digits: 9, two digits of the place, three of the nationality, birth date,
 * order and check digit. Cards of the 2017 form (15 characters) stay valid until they expire.
 */
function checkForeignResident(type: DocumentType, number: string, today: string): DocumentCheck {
  if (/^[A-Z]{3}\d{12}$/.test(number)) return accept(type, number);
  if (number.length === 15) {
    const message = '15 位的外国人永久居留身份证号码应为 3 位字母加 12 位数字，请核对后重新填写。';
    return refuse('format', message);
  }
  const read = readNumber(number, today);
  if (!read.ok) return read;
  if (!number.startsWith('9') || !isKnownProvince(number.slice(1, 3))) {
    const message =
      '18 位的外国人永久居留身份证号码应以 9 加受理地代码开头，请核对证件类型和号码。';
    return refuse('region_unknown', message);
  }
  const { birthDate } = read.parts;
  return { ok: true, document: { type, number, birthDate }, warnings: [] };
}

/** The forms of documents whose numbers have no check digit; staff verify them by hand. */
const PATTERNS: Partial<Record<DocumentType, { pattern: RegExp; hint: string }>> = {
  passport: { pattern: /^(?=.*\d)[A-Z0-9]{5,15}$/, hint: '护照号码应为 5 至 15 位字母或数字' },
  officer_id: {
    pattern: /^(?=.*\d).{4,30}$/u,
    hint: '军官证号码应包含数字，例如「军字第1234567号」',
  },
  hk_macao_permit: {
    pattern: /^[HM]\d{8}(\d{2})?$/,
    hint: '港澳居民来往内地通行证号码应为 H 或 M 加 8 位数字（旧证另加 2 位换证次数）',
  },
  taiwan_permit: { pattern: /^\d{8}$/, hint: '台湾居民来往大陆通行证号码应为 8 位数字' },
  birth_certificate: { pattern: /^[A-Z]\d{9}$/, hint: '出生医学证明编号应为 1 位字母加 9 位数字' },
  other: { pattern: /^.{2,40}$/u, hint: '证件号码应为 2 至 40 个字符' },
};

function checkPattern(type: DocumentType, number: string): DocumentCheck {
  const form = PATTERNS[type];
  if (form?.pattern.test(number)) return accept(type, number);
  return refuse('format', `${form?.hint ?? '证件号码格式不正确'}，请核对后重新填写。`);
}

function checkNumber(input: DocumentInput, number: string, today: string): DocumentCheck {
  const { type } = input;
  switch (type) {
    case 'resident_id':
    case 'household_register':
      return checkCitizen(type, number, today, input.paperSeen);
    case 'hk_macao_taiwan_residence':
      return checkResidencePermit(type, number, today);
    case 'foreign_permanent_residence':
      return checkForeignResident(type, number, today);
    default:
      return checkPattern(type, number);
  }
}

/** A child known by its birth certificate alone needs an adult with a document of their own. */
function refuseGuardian(input: DocumentInput, today: string): DocumentRefusal | undefined {
  if (input.type !== 'birth_certificate') return undefined;
  const { guardian } = input;
  if (!guardian) {
    const message = '使用出生医学证明时须同时填写监护人的证件，请补充监护人证件类型和号码。';
    return refuse('guardian_required', message, 'guardian');
  }
  if (guardian.type === 'birth_certificate') {
    const message = '监护人不能使用出生医学证明，请填写监护人本人的身份证件。';
    return refuse('guardian_type', message, 'guardian');
  }
  const checked = validateDocument(guardian, today);
  if (!checked.ok) return refuse('guardian_invalid', `监护人证件：${checked.message}`, 'guardian');
  const { birthDate } = checked.document;
  if (birthDate !== undefined && birthDate > yearsBefore(today, ADULT_AGE)) {
    const message = `监护人须年满 ${ADULT_AGE} 周岁，请改填成年监护人的证件。`;
    return refuse('guardian_minor', message, 'guardian');
  }
  return undefined;
}

/** Adds the entered birth date, or refuses it when the number says another one. */
function withBirthDate(checked: DocumentCheck & { ok: true }, entered: string): DocumentCheck {
  const { birthDate = entered } = checked.document;
  if (birthDate !== entered) {
    const message = '填写的出生日期与证件号码不一致，请对照证件修改出生日期或证件号码。';
    return refuse('birth_date_mismatch', message, 'birthDate');
  }
  return { ...checked, document: { ...checked.document, birthDate } };
}

/**
 * Checks one identity document as entered by a person and normalises its number.
 * A refusal names the field and says in one sentence what to correct; warnings never refuse.
 * `today` is the clinic day (YYYY-MM-DD).
 * Sources: GB 11643-1999, ISO 7064 MOD 11-2, GB/T 2260, WS/T 364 CV02.01.101.
 */
export function validateDocument(input: DocumentInput, today: string): DocumentCheck {
  // Types come from request bodies too; a wrong one must not fall through to a looser check.
  if (!isDocumentType(input.type)) {
    return refuse('type_unknown', '请选择证件类型。', 'type');
  }
  const number = normaliseDocumentNumber(input.number);
  if (number === '') {
    return refuse('number_missing', `请填写${DOCUMENT_TYPES[input.type].label}号码。`);
  }
  const checked = checkNumber(input, number, today);
  if (!checked.ok) return checked;
  const refused = refuseGuardian(input, today);
  if (refused) return refused;
  if (input.birthDate === undefined) return checked;
  return (
    refuseBirthDate(input.birthDate, today, 'birthDate') ?? withBirthDate(checked, input.birthDate)
  );
}
