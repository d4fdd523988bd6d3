export { checkDigit } from './citizen-number.ts';
export { maskDocument, maskName, maskPhone } from './mask.ts';
export { normaliseDocumentNumber } from './normalise.ts';
export { validatePhone } from './phone.ts';
export type { PhoneCheck } from './phone.ts';
export { currentCountyCodes, lookupRegion, REGION_TABLE_EDITION } from './region-codes.ts';
export type { Region } from './region-codes.ts';
export { DOCUMENT_TYPES, isDocumentType } from './types.ts';
export type {
  DocumentCheck,
  DocumentField,
  DocumentInput,
  DocumentRefusal,
  DocumentType,
  DocumentWarning,
  GuardianDocument,
  Sex,
  ValidDocument,
} from './types.ts';
export { validateDocument } from './validate.ts';
