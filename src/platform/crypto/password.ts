import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

/** OWASP's minimum for Argon2id; raising it makes `needsRehash` true for every older hash. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

// A stored hash decides how much work a login does; one that asks for more than this is refused.
const MOST_MEMORY = 1_048_576;
const MOST_PASSES = 16;
const MOST_LANES = 16;

type Cost = typeof COST;
type PasswordHash = Cost & { salt: Uint8Array; hash: Uint8Array };

/** The same letters typed on two keyboards may differ in composition; they are one password. */
function passwordBytes(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'), 'utf8');
}

function derive(password: string, salt: Uint8Array, cost: Cost, length: number): Promise<Buffer> {
  return argon2Async('argon2id', {
    message: passwordBytes(password),
    nonce: salt,
    parallelism: cost.parallelism,
    tagLength: length,
    memory: cost.memory,
    passes: cost.passes,
  });
}

/** The PHC string format writes base64 without padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

function encode({ memory, passes, parallelism, salt, hash }: PasswordHash): string {
  const cost = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${cost}$${base64(salt)}$${base64(hash)}`;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function parse(phc: string): PasswordHash | undefined {
  const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(phc) ?? [];
  const parsed: PasswordHash = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  const affordable =
    parsed.passes >= 1 &&
    parsed.passes <= MOST_PASSES &&
    parsed.parallelism >= 1 &&
    parsed.parallelism <= MOST_LANES &&
    parsed.memory >= 8 * parsed.parallelism &&
    parsed.memory <= MOST_MEMORY;
  return affordable ? parsed : undefined;
}

/** A new Argon2id hash (RFC 9106) of the password as a PHC string, with its own random salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encode({ ...COST, salt, hash: await derive(password, salt, COST, HASH_BYTES) });
}

/**
 * Whether the password belongs to the stored hash, compared in constant time.
 * @throws TypeError when `phc` is no Argon2id string of this product: the stored row is damaged
 */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const stored = parse(phc);
  if (!stored) throw new TypeError('the stored password hash is not an argon2id PHC string');
  const hash = await derive(password, stored.salt, stored, stored.hash.length);
  return timingSafeEqual(hash, stored.hash);
}

/** Whether a hash was made with other costs than today's; replace it at the next good login. */
export function needsRehash(phc: string): boolean {
  const stored = parse(phc);
  return (
    !stored ||
    stored.memory !== COST.memory ||
    stored.passes !== COST.passes ||
    stored.parallelism !== COST.parallelism ||
    stored.salt.length < SALT_BYTES ||
    stored.hash.length !== HASH_BYTES
  );
}
