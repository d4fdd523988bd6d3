/**
 * Kinds of identity document. `code` is the value of WS/T 364 CV02.01.101 sent to hospital systems;
 * kinds the national list does not name travel as 99 and keep their own name inside the product.
 */
export const DOCUMENT_TYPES = {
  resident_id: { code: '01', label: '居民身份证' },
  household_register: { code: '02', label: '居民户口簿' },
  passport: { code: '03', label: '护照' },
  officer_id: { code: '04', label: '军官证' },
  hk_macao_permit: { code: '06', label: '港澳居民来往内地通行证' },
  taiwan_permit: { code: '07', label: '台湾居民来往大陆通行证' },
  hk_macao_taiwan_residence: { code: '99', label: '港澳台居民居住证' },
  foreign_permanent_residence: { code: '99', label: '外国人永久居留身份证' },
  birth_certificate: { code: '99', label: '出生医学证明' },
  other: { code: '99', label: '其他法定有效证件' },
} as const satisfies Record<string, { code: string; label: string }>;

export type DocumentType = keyof typeof DOCUMENT_TYPES;

/** Whether a value from outside names a kind of document. */
export function isDocumentType(value: unknown): value is DocumentType {
  return typeof value === 'string' && Object.hasOwn(DOCUMENT_TYPES, value);
}

export type Sex = 'male' | 'female';

/** The document of the adult who answers for a child without an identity card. */
export type GuardianDocument = { type: DocumentType; number: string; birthDate?: string };

export type DocumentInput = {
  type: DocumentType;
  number: string;
  /** YYYY-MM-DD; compared with the date inside the number where the number has one. */
  birthDate?: string;
  guardian?: GuardianDocument;
  /** Staff hold the card in their hands: a place no list knows is then a warning, not a refusal. */
  paperSeen?: boolean;
};

/** A sound document that still deserves a look by staff; never a reason to refuse. */
export type DocumentWarning = 'region_newer_than_birth' | 'region_not_listed';

export type ValidDocument = {
  type: DocumentType;
  number: string;
  birthDate?: string;
  sex?: Sex;
  regionCode?: string;
  regionName?: string;
};

export type DocumentField = 'type' | 'number' | 'birthDate' | 'guardian';

export type DocumentRefusal = { ok: false; code: string; message: string; field: DocumentField };

export type DocumentCheck =
  { ok: true; document: ValidDocument; warnings: DocumentWarning[] } | DocumentRefusal;
