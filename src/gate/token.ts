import { timingSafeEqual } from 'node:crypto';
import { installationMac } from '../platform/mac.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Pass, Ticket } from './types.ts';

function mac(secrets: Secrets, kind: 'ticket' | 'pass' | 'code', body: string): Buffer {
  return installationMac(secrets, `gate ${kind}`)(body);
}

function sign(secrets: Secrets, kind: 'ticket' | 'pass', paper: Ticket | Pass): string {
  const body = Buffer.from(JSON.stringify(paper)).toString('base64url');
  return `${body}.${mac(secrets, kind, body).toString('base64url')}`;
}

function read(secrets: Secrets, kind: 'ticket' | 'pass', text: string): unknown {
  const [body = '', signature = '', ...rest] = text.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(secrets, kind, body);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
}

/** `<payload>.<HMAC-SHA-256>`, both base64url: verified without I/O. */
export function signTicket(secrets: Secrets, ticket: Ticket): string {
  return sign(secrets, 'ticket', ticket);
}

/** The ticket behind a text of ours; undefined for anything else. */
export function readTicket(secrets: Secrets, text: string): Ticket | undefined {
  // Only we can have signed it, so its shape is the one signTicket wrote.
  return read(secrets, 'ticket', text) as Ticket | undefined;
}

export function signPass(secrets: Secrets, pass: Pass): string {
  return sign(secrets, 'pass', pass);
}

export function readPass(secrets: Secrets, text: string): Pass | undefined {
  return read(secrets, 'pass', text) as Pass | undefined;
}

// Crockford's letters: no I, L, O or U to be read for a figure or a word.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const checks = 6;

function inLetters(value: number, length: number): string {
  let text = '';
  for (let left = value, at = 0; at < length; at++, left = Math.floor(left / 32))
    text = (letters[left % 32] ?? '') + text;
  return text;
}

function checkOf(
  secrets: Secrets,
  of: Pick<Ticket, 'room_id' | 'account_id' | 'patient_id'>,
  number: number,
): string {
  // prettier-ignore
  const digest = mac(secrets, 'code', `${of.room_id} ${of.account_id} ${of.patient_id} ${number}`);
  return inLetters(digest.readUInt32BE(0) % 32 ** checks, checks);
}

/** The short code of a late place, to write down: the number, then six letters only we can make. */
export function codeOf(secrets: Secrets, ticket: Ticket): string | null {
  if (ticket.kind === 'early') return null;
  const number = Number(ticket.value);
  return `${inLetters(number, 5)}-${checkOf(secrets, ticket, number)}`;
}

/** The late number behind a short code of this account and patient in this room; else undefined. */
export function readCode(
  secrets: Secrets,
  of: Pick<Ticket, 'room_id' | 'account_id' | 'patient_id'>,
  code: string,
): number | undefined {
  const plain = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1'); // prettier-ignore
  if (!/^[0-9A-Z]{11}$/.test(plain)) return undefined;
  let number = 0;
  for (const letter of plain.slice(0, 5)) {
    const digit = letters.indexOf(letter);
    if (digit < 0) return undefined;
    number = number * 32 + digit;
  }
  const given = Buffer.from(plain.slice(5));
  const expected = Buffer.from(checkOf(secrets, of, number));
  return given.length === expected.length && timingSafeEqual(given, expected) ? number : undefined;
}
