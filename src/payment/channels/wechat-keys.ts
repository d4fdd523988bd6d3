import { createDecipheriv, createVerify, X509Certificate, type KeyObject } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';

/** An encrypted part of a message: the ciphertext ends with its 16 bytes of tag. */
export type Resource = { ciphertext: string; associated_data?: string; nonce: string };

/**
 * Opens AEAD_AES_256_GCM. The SDK's own function never finishes the decryption, so it takes a changed
 * ciphertext for good.
 * @throws Error when the key is another or a bit was changed.
 */
export function openResource(
  { ciphertext, associated_data, nonce }: Resource,
  key: string,
): string {
  const bytes = Buffer.from(ciphertext, 'base64');
  const end = bytes.length - 16;
  if (end < 0) throw new Error('the ciphertext is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(end));
  decipher.setAAD(Buffer.from(associated_data ?? ''));
  return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]).toString();
}

export type Signed = {
  serial: string;
  timestamp: string;
  nonce: string;
  signature: string;
  body: string;
};

export function isSigned({ timestamp, nonce, body, signature }: Signed, key: KeyObject): boolean {
  return createVerify('RSA-SHA256')
    .update(`${timestamp}\n${nonce}\n${body}\n`)
    .verify(key, signature, 'base64');
}

type Certificate = { key: KeyObject; from: number; until: number };
export type Certificates = Map<string, Certificate>;

type Listed = {
  data: { serial_no: string; encrypt_certificate: Resource }[];
};

/** The certificates of an answer of /v3/certificates. @throws Error when one does not open. */
export function certificatesIn(body: string, api_key: string): Certificates {
  const { data } = JSON.parse(body) as Listed;
  return new Map(
    data.map(({ serial_no, encrypt_certificate }) => {
      const certificate = new X509Certificate(openResource(encrypt_certificate, api_key));
      const [from, until] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
      return [serial_no.toUpperCase(), { key: certificate.publicKey, from, until }];
    }),
  );
}

const refresh_every_ms = 12 * 3_600_000;
/** Made-up serials must not make us ask for certificates as often as they come. */
const fruitless_pause_ms = 60_000;

export type PlatformKeys = {
  /** `caller`: anybody can call us back, but only WeChat answers us, so its serials are always looked up. */
  keyOf(serial: string, caller: 'answer' | 'callback'): Promise<KeyObject | undefined>;
};

/**
 * The keys that WeChat signs with, by serial: certificates fetched when needed, again twice a day, and
 * at once when an unknown serial appears, so that a rotation goes by unnoticed.
 */
export function createPlatformKeys(
  { clock }: { clock: Clock },
  load: () => Promise<Certificates>,
  fixed: { id: string; key: KeyObject } | undefined,
): PlatformKeys {
  let known: Certificates = new Map();
  let loaded_at = -Infinity;
  let fruitless_at = -Infinity;
  let loading: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    loading ??= load()
      .then((certificates) => {
        known = certificates;
        loaded_at = clock.now().getTime();
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
  const valid = (serial: string): KeyObject | undefined => {
    const now = clock.now().getTime();
    const found = known.get(serial);
    return found && found.from <= now && now < found.until ? found.key : undefined;
  };
  return {
    async keyOf(name, caller) {
      const serial = name.toUpperCase();
      if (fixed && serial === fixed.id.toUpperCase()) return fixed.key;
      // Merchants with a public key have no certificates to fetch.
      if (fixed || !/^[0-9A-F]{8,64}$/.test(serial)) return undefined;
      const now = clock.now().getTime();
      if (now - loaded_at > refresh_every_ms) await refresh();
      const key = valid(serial);
      if (key || (caller === 'callback' && now - fruitless_at < fruitless_pause_ms)) return key;
      await refresh();
      const fetched = valid(serial);
      if (!fetched) fruitless_at = now;
      return fetched;
    },
  };
}
