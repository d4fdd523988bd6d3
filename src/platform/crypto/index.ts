export { createFieldCrypto, fieldHeader, FieldCryptoError, indexHashOf } from './field-crypto.ts';
export type { FieldAlgorithm, FieldCrypto, FieldCryptoConfig, IndexHash } from './field-crypto.ts';
export { hashPassword, needsRehash, verifyPassword } from './password.ts';
export { createSm2KeyPair, openSm2Key, sm2Sign, sm2Verify, type Sm2Key } from './sm2.ts';
export { memoryKeys } from './person-key-store.ts';
export type { PersonKeyStore } from './person-key-store.ts';
export { person_key_context } from './field-crypto.ts';
