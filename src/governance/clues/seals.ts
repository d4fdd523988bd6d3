import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { sameWords } from './rules.ts';
import type { ClueWords } from './types.ts';

const place = {
  words: 'governance.clue.words',
  contact: 'governance.clue.contact',
  reply: 'governance.clue.reply',
  photo_key: 'governance.clue-photo.key',
} as const;

/** What is stored of a report's code: a keyed hash, so that no copy of the database opens a report. */
export function codeMac(secrets: Secrets, code: string): Buffer {
  return createHmac('sha256', secrets.key('report code')).update(code).digest();
}

export function isCode(secrets: Secrets, code: string, mac: Buffer): boolean {
  return timingSafeEqual(codeMac(secrets, code), mac);
}

export function wordsMac(secrets: Secrets, words: ClueWords): Buffer {
  const text = sameWords(`${words.text} ${words.reach}`);
  return createHmac('sha256', secrets.key('report words')).update(text).digest();
}

export function photoMac(secrets: Secrets, bytes: Buffer): Buffer {
  return createHmac('sha256', secrets.key('report photo')).update(bytes).digest();
}

export const sealWords = (fields: FieldCrypto, words: ClueWords): Uint8Array =>
  fields.seal(JSON.stringify(words), place.words);
export const openWords = (fields: FieldCrypto, sealed: Buffer): ClueWords =>
  JSON.parse(fields.open(sealed, place.words)) as ClueWords;
export const sealContact = (fields: FieldCrypto, text: string): Uint8Array =>
  fields.seal(text, place.contact);
export const openContact = (fields: FieldCrypto, sealed: Buffer): string =>
  fields.open(sealed, place.contact);
export const sealReply = (fields: FieldCrypto, text: string): Uint8Array =>
  fields.seal(text, place.reply);
export const openReply = (fields: FieldCrypto, sealed: Buffer): string =>
  fields.open(sealed, place.reply);

const nonce_bytes = 12;
const tag_bytes = 16;

/** A photo under a key made for it; that key is sealed like any field. */
export function sealPhoto(
  fields: FieldCrypto,
  photo_id: string,
  bytes: Buffer,
): { sealed_key: Uint8Array; cipher: Buffer } {
  const key = randomBytes(32);
  const nonce = randomBytes(nonce_bytes);
  const sealing = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(photo_id));
  const cipher = Buffer.concat([
    nonce,
    sealing.update(bytes),
    sealing.final(),
    sealing.getAuthTag(),
  ]);
  return { sealed_key: fields.seal(key.toString('hex'), place.photo_key), cipher };
}

/** @throws Error when the picture or its key was altered. */
export function openPhoto(
  fields: FieldCrypto,
  photo: { id: string; sealed_key: Buffer; cipher: Buffer },
): Buffer {
  const key = Buffer.from(fields.open(photo.sealed_key, place.photo_key), 'hex');
  const { cipher } = photo;
  const opening = createDecipheriv('aes-256-gcm', key, cipher.subarray(0, nonce_bytes), {
    authTagLength: tag_bytes,
  });
  opening.setAAD(Buffer.from(photo.id)).setAuthTag(cipher.subarray(-tag_bytes));
  return Buffer.concat([opening.update(cipher.subarray(nonce_bytes, -tag_bytes)), opening.final()]);
}
