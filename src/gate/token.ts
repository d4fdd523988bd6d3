import { timingSafeEqual } from 'node:crypto';
import { installationMac } from '../platform/mac.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Pass, Ticket } from './types.ts';

function mac(secrets: Secrets, kind: 'ticket' | 'pass', body: string): Buffer {
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
