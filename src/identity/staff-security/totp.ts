import { Secret, TOTP } from 'otpauth';
import type { Random } from '../../platform/random.ts';

/*
 * RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 seconds. Apps ignore other
 * parameters or refuse them, and HMAC-SHA-1 is not weakened by SHA-1's collisions.
 */
const period = 30;
const digits = 6;
/** RFC 4226 asks for at least 128 bits and recommends 160. */
const secret_bytes = 20;

/** A new secret, in base32 as it is typed by hand. */
export function newTotpSecret(random: Random): string {
  return new Secret({ buffer: Uint8Array.from(random.bytes(secret_bytes)).buffer }).base32;
}

function totpOf(secret: string, username = ''): TOTP {
  return new TOTP({
    issuer: '正号',
    label: username,
    algorithm: 'SHA1',
    digits,
    period,
    secret: Secret.fromBase32(secret),
  });
}

/** `otpauth://totp/…`: what the QR code of an enrolment says. */
export function totpUri(secret: string, username: string): string {
  return totpOf(secret, username).toString();
}

/** The code of an instant; for tests and the demo's own phone. */
export function totpCode(secret: string, at: Date): string {
  return totpOf(secret).generate({ timestamp: at.getTime() });
}

/**
 * The step a code belongs to, when it is right now or one step before or after (clocks differ) and
 * later than the last one taken; undefined otherwise.
 */
export function matchingStep(
  secret: string,
  code: string,
  at: Date,
  last_step: number,
): number | undefined {
  const delta = totpOf(secret).validate({ token: code, timestamp: at.getTime(), window: 1 });
  if (delta === null) return undefined;
  const step = Math.floor(at.getTime() / 1000 / period) + delta;
  return step > last_step ? step : undefined;
}
