export { createFieldCrypto, FieldCryptoError } from './field-crypto.ts';
export type { FieldAlgorithm, FieldCrypto, FieldCryptoConfig } from './field-crypto.ts';
export { hashPassword, needsRehash, verifyPassword } from './password.ts';
