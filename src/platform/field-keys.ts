import { createFieldCrypto, type FieldCrypto } from './crypto/index.ts';
import type { Secrets } from './secrets.ts';

/** The installation's field encryption, from its root secret: server and command lines agree on it. */
export function openFields(secrets: Secrets): FieldCrypto {
  return createFieldCrypto({
    keys: [{ id: '1', key: secrets.key('field encryption 1') }],
    activeKeyId: '1',
    indexKey: secrets.key('field index'),
    algorithm: 'aes-256-gcm',
  });
}
