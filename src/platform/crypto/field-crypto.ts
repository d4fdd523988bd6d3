import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { nodeHasher } from '../tlog/node-hasher.ts';
import { memoryKeys, type PersonKeyStore } from './person-key-store.ts';

export type FieldAlgorithm = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';

export type FieldCryptoConfig = {
  /** All keys that may still have sealed something; `id` is 1–32 of a–z, 0–9, `.`, `_` and `-`. */
  keys: readonly { id: string; key: Uint8Array }[];
  activeKeyId: string;
  /** At least 32 bytes, and none of the data keys: it cannot be rotated without a re-index. */
  indexKey: Uint8Array;
  algorithm: FieldAlgorithm;
  /** The hash of blind indexes; by default the algorithm's own. It outlives a change of algorithm. */
  indexHash?: IndexHash;
  /** Where the persons' own keys are; left out, they last as long as the process. */
  persons?: PersonKeyStore;
};

export type IndexHash = 'sha256' | 'sm3';

/** The hash that belongs to an algorithm: SM3 beside SM4, SHA-256 beside AES. */
export function indexHashOf(algorithm: FieldAlgorithm): IndexHash {
  return algorithm === 'aes-256-gcm' ? 'sha256' : 'sm3';
}

export type FieldCrypto = {
  /** Encrypts `plain` so that it opens only under the same `context`, e.g. `identity.patient.name`. */
  seal(plain: string, context: string): Uint8Array;
  /**
   * Opens what `seal` and `sealFor` made.
   * @throws FieldCryptoError when the bytes are malformed, altered, or sealed for another context, and
   *   when the person's key was destroyed.
   */
  open(sealed: Uint8Array, context: string): string;
  /** 32 bytes that are equal for equal values of one context, for unique indexes and look-ups. */
  blindIndex(value: string, context: string): Uint8Array;
  /**
   * As `seal`, under the person's own key: wherever it is copied, it opens only while that key is kept.
   * @throws FieldCryptoError with reason `destroyed` for a person without a key.
   */
  sealFor(person_id: string, plain: string, context: string): Uint8Array;
  /** The store of the persons' own keys, each sealed by `seal`. */
  persons: PersonKeyStore;
};

/** Why a sealed field did not open; never carries any of its bytes. */
export class FieldCryptoError extends Error {
  readonly reason: 'malformed' | 'unknown_key' | 'not_authentic' | 'destroyed';

  constructor(reason: FieldCryptoError['reason'], options?: ErrorOptions) {
    super(`sealed field refused: ${reason}`, options);
    this.name = 'FieldCryptoError';
    this.reason = reason;
  }
}

/**
 * What a suite works with, derived from one configured key: no key serves two primitives. As key
 * objects, because Node makes one anew, at four times the cost of the work, from bytes at each use.
 */
type WorkingKeys = { encryption: KeyObject; mac: KeyObject };

/** One way to encrypt: `body` is what follows the header, from nonce to tag. */
type Suite = {
  derive(key: Uint8Array): WorkingKeys;
  seal(keys: WorkingKeys, plain: Uint8Array, authenticated: Uint8Array): Uint8Array;
  open(keys: WorkingKeys, body: Uint8Array, authenticated: Uint8Array): Uint8Array;
};

const infoOf = (purpose: string): string => `zhenghao field ${purpose}`;

function deriveSm3Key(key: Uint8Array, purpose: string, length: number): KeyObject {
  const bytes = hkdfSync('sm3', key, new Uint8Array(), infoOf(purpose), length);
  return createSecretKey(new Uint8Array(bytes));
}

const extractSha256 = nodeHasher.hmac(new Uint8Array(32));

/**
 * HKDF-SHA-256 (RFC 5869) without salt, one block long. Written out, because every person's key is
 * derived and `hkdfSync` costs ten times these four hashes.
 */
function deriveSha256Key(key: Uint8Array, purpose: string): KeyObject {
  const expand = nodeHasher.hmac(extractSha256(key));
  return createSecretKey(expand(Buffer.from(`${infoOf(purpose)}\u0001`, 'latin1')));
}

// NIST SP 800-38D: 96-bit random nonces are safe for 2^32 messages a key; rotate long before that.
const GCM_NONCE = 12;
const GCM_TAG = 16;

const no_key = createSecretKey(new Uint8Array());

const aesGcm: Suite = {
  // GCM authenticates by itself and needs no second key.
  derive: (key) => ({
    encryption: deriveSha256Key(key, 'aes-256-gcm'),
    mac: no_key,
  }),
  seal({ encryption }, plain, authenticated) {
    const nonce = randomBytes(GCM_NONCE);
    const cipher = createCipheriv('aes-256-gcm', encryption, nonce).setAAD(authenticated);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  open({ encryption }, body, authenticated) {
    if (body.length < GCM_NONCE + GCM_TAG) throw new FieldCryptoError('malformed');
    const options = { authTagLength: GCM_TAG };
    const nonce = body.subarray(0, GCM_NONCE);
    const decipher = createDecipheriv('aes-256-gcm', encryption, nonce, options);
    decipher.setAAD(authenticated).setAuthTag(body.subarray(-GCM_TAG));
    const clear = decipher.update(body.subarray(GCM_NONCE, -GCM_TAG));
    try {
      return Buffer.concat([clear, decipher.final()]);
    } catch (cause) {
      throw new FieldCryptoError('not_authentic', { cause });
    }
  },
};

const SM4_NONCE = 16;
const SM3_TAG = 32;

function hmacSm3(key: KeyObject, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sm3', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

// Encrypt-then-MAC. `authenticated` carries its own lengths, so its border with the body is fixed.
const sm4HmacSm3: Suite = {
  derive: (key) => ({
    encryption: deriveSm3Key(key, 'sm4-ctr', 16),
    mac: deriveSm3Key(key, 'hmac-sm3', 32),
  }),
  seal({ encryption, mac }, plain, authenticated) {
    const nonce = randomBytes(SM4_NONCE);
    const cipher = createCipheriv('sm4-ctr', encryption, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final()]);
    return Buffer.concat([sealed, hmacSm3(mac, [authenticated, sealed])]);
  },
  open({ encryption, mac }, body, authenticated) {
    if (body.length < SM4_NONCE + SM3_TAG) throw new FieldCryptoError('malformed');
    const sealed = body.subarray(0, -SM3_TAG);
    if (!timingSafeEqual(hmacSm3(mac, [authenticated, sealed]), body.subarray(-SM3_TAG))) {
      throw new FieldCryptoError('not_authentic');
    }
    const decipher = createDecipheriv('sm4-ctr', encryption, sealed.subarray(0, SM4_NONCE));
    return Buffer.concat([decipher.update(sealed.subarray(SM4_NONCE)), decipher.final()]);
  },
};

// The version byte names the suite, so fields of both algorithms can lie in one column while an
// installation moves from one to the other.
const VERSIONS: Readonly<Record<FieldAlgorithm, number>> = {
  'aes-256-gcm': 1,
  'sm4-ctr-hmac-sm3': 2,
};
const SUITES: Readonly<Record<FieldAlgorithm, Suite>> = {
  'aes-256-gcm': aesGcm,
  'sm4-ctr-hmac-sm3': sm4HmacSm3,
};

const ALGORITHMS: readonly FieldAlgorithm[] = ['aes-256-gcm', 'sm4-ctr-hmac-sm3'];

/** Parts with their lengths in front: no two lists of parts give the same bytes. */
function framed(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function checkedKeys(config: FieldCryptoConfig): Map<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const { id, key } of config.keys) {
    if (!/^[a-z0-9._-]{1,32}$/.test(id)) throw new RangeError('a key id is 1–32 of a–z 0–9 . _ -');
    if (keys.has(id)) throw new RangeError(`key id used twice: ${id}`);
    if (key.length !== 32) throw new RangeError(`key ${id} must have 32 bytes`);
    if (Buffer.compare(key, config.indexKey) === 0) {
      throw new RangeError(`key ${id} is also the index key; use different keys`);
    }
    keys.set(id, Uint8Array.from(key));
  }
  if (config.indexKey.length < 32) throw new RangeError('the index key needs 32 bytes or more');
  if (!keys.has(config.activeKeyId)) throw new RangeError('activeKeyId names none of the keys');
  return keys;
}

/** The first bytes of whatever this key seals this way: version, length of the key's id, id. */
export function fieldHeader(algorithm: FieldAlgorithm, keyId: string): Uint8Array {
  const id = utf8(keyId);
  return Buffer.concat([Buffer.from([VERSIONS[algorithm], id.length]), id]);
}

type Opened = { algorithm: FieldAlgorithm; keyId: string; header: Uint8Array; body: Uint8Array };

/** Layout: version (1 byte), length of the key id (1), key id, nonce, ciphertext, tag. */
function readHeader(sealed: Uint8Array): Opened {
  const [version = 0, idLength = 0] = sealed;
  const algorithm = ALGORITHMS.find((name) => VERSIONS[name] === version);
  const end = 2 + idLength;
  if (!algorithm || sealed.length < end) throw new FieldCryptoError('malformed');
  const keyId = Buffer.from(sealed.subarray(2, end)).toString('latin1');
  return { algorithm, keyId, header: sealed.subarray(0, end), body: sealed.subarray(end) };
}

/** Where a person's key stands in the place of a field key's id: no such id begins with this. */
const PERSON = '\0';

/** Under which context a person's key is itself sealed. */
export const person_key_context = 'platform.person_key';

/** What stands in place of a field key's id: whose key sealed the value, in 17 bytes. */
function personKeyId(person_id: string): string {
  return PERSON + Buffer.from(person_id.replaceAll('-', ''), 'hex').toString('latin1');
}

function personOfKeyId(keyId: string): string | undefined {
  if (!keyId.startsWith(PERSON)) return undefined;
  const hex = Buffer.from(keyId.slice(1), 'latin1').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

type PersonKeyOf = (algorithm: FieldAlgorithm, person_id: string) => WorkingKeys;

/**
 * The persons' working keys, the last at hand: a person's fields come one after the other. The store
 * is asked each time, so a key that was destroyed opens nothing more.
 */
function personKeys(persons: PersonKeyStore, openKey: (sealed: Uint8Array) => string): PersonKeyOf {
  let last: { sealed: Uint8Array; algorithm: FieldAlgorithm; working: WorkingKeys } | undefined;
  return (algorithm, person_id) => {
    const sealed = persons.read([person_id]).get(person_id);
    if (!sealed) throw new FieldCryptoError('destroyed');
    if (last?.algorithm === algorithm && Buffer.compare(last.sealed, sealed) === 0)
      return last.working;
    const working = SUITES[algorithm].derive(Buffer.from(openKey(sealed), 'hex'));
    last = { sealed, algorithm, working };
    return working;
  };
}

/**
 * Encryption of single columns with rotating keys. `open` accepts every configured key and both
 * algorithms; `seal` uses the active key. Blind indexes depend on `indexKey` and `indexHash` alone:
 * changing either means computing every index anew.
 *
 * GB/T 39786 asks for SM3 and SM4 in certified modules; this is the same construction in software.
 * @throws RangeError when the configuration contradicts itself
 */
export function createFieldCrypto(config: FieldCryptoConfig): FieldCrypto {
  const keys = checkedKeys(config);
  const indexKey = createSecretKey(Uint8Array.from(config.indexKey));
  const indexHash = config.indexHash ?? indexHashOf(config.algorithm);
  const derived = new Map<string, WorkingKeys>();
  for (const algorithm of ALGORITHMS) {
    for (const [id, key] of keys) derived.set(`${algorithm} ${id}`, SUITES[algorithm].derive(key));
  }
  const keysFor = (algorithm: FieldAlgorithm, keyId: string): WorkingKeys => {
    const working = derived.get(`${algorithm} ${keyId}`);
    if (!working) throw new FieldCryptoError('unknown_key');
    return working;
  };

  const persons = config.persons ?? memoryKeys();
  const header = (keyId: string): Uint8Array => {
    const id = Buffer.from(keyId, 'latin1');
    return Buffer.concat([Buffer.from([VERSIONS[config.algorithm], id.length]), id]);
  };
  const sealWith = (keyId: string, working: WorkingKeys, plain: string, context: string) => {
    const head = header(keyId);
    const body = SUITES[config.algorithm].seal(working, utf8(plain), framed([head, utf8(context)]));
    return Buffer.concat([head, body]);
  };
  const personKey: PersonKeyOf = personKeys(persons, (sealed) => open(sealed, person_key_context));
  const open = (sealed: Uint8Array, context: string): string => {
    const { algorithm, keyId, header: head, body } = readHeader(sealed);
    const person = personOfKeyId(keyId);
    const working = person === undefined ? keysFor(algorithm, keyId) : personKey(algorithm, person);
    const clear = SUITES[algorithm].open(working, body, framed([head, utf8(context)]));
    return Buffer.from(clear).toString('utf8');
  };
  return {
    seal: (plain, context) => {
      const working = keysFor(config.algorithm, config.activeKeyId);
      return sealWith(config.activeKeyId, working, plain, context);
    },
    sealFor: (person_id, plain, context) => {
      const working = personKey(config.algorithm, person_id);
      return sealWith(personKeyId(person_id), working, plain, context);
    },
    open,
    blindIndex(value, context) {
      return createHmac(indexHash, indexKey)
        .update(framed([utf8(context), utf8(value)]))
        .digest();
    },
    persons,
  };
}
