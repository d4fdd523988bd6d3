import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import type { Random } from '../../platform/random.ts';

/** PEM: PKCS 8 and SPKI. */
export type KeyPair = { private_key: string; public_key: string };
export type Certified = KeyPair & { serial: string; certificate: string };

/** A new RSA key of 2048 bits, made beside the event loop. */
export async function rsaKeys(): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { private_key: privateKey, public_key: publicKey };
}

const year_ms = 365 * 86_400_000;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** A key with a self-signed certificate of five years. */
export async function certifiedKeys(name: string, now: Date, random: Random): Promise<Certified> {
  const pair = await rsaKeys();
  const privateKey = await crypto.subtle.importKey(
    'pkcs8',
    Uint8Array.from(createPrivateKey(pair.private_key).export({ type: 'pkcs8', format: 'der' })),
    rsa,
    false,
    ['sign'],
  );
  const publicKey = await crypto.subtle.importKey(
    'spki',
    Uint8Array.from(createPublicKey(pair.public_key).export({ type: 'spki', format: 'der' })),
    rsa,
    true,
    ['verify'],
  );
  const number = Uint8Array.from(random.bytes(20));
  // Positive and of full length, whatever chance says.
  number[0] = ((number[0] ?? 0) & 0x3f) | 0x40;
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ valueHex: number.buffer });
  for (const party of [certificate.issuer, certificate.subject])
    party.typesAndValues.push(
      new pki.AttributeTypeAndValue({
        type: '2.5.4.3',
        value: new asn1.Utf8String({ value: name }),
      }),
    );
  certificate.notBefore.value = new Date(now.getTime() - year_ms);
  certificate.notAfter.value = new Date(now.getTime() + 5 * year_ms);
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(privateKey, 'SHA-256');
  const der = Buffer.from(certificate.toSchema().toBER());
  return {
    ...pair,
    serial: Buffer.from(number).toString('hex').toUpperCase(),
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Letters and digits. */
export function token(random: Random, length: number): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
  return Array.from({ length }, () => letters[random.below(letters.length)]).join('');
}

/** Decimal digits. */
export function digits(random: Random, length: number): string {
  return Array.from({ length }, () => String(random.below(10))).join('');
}
