import { createHash, timingSafeEqual } from 'node:crypto';

/** After so long without a touch the page asks; nobody is hurried, one touch and it goes on. */
export const idle_warning_seconds = 60;
/** How long the question stands before the page goes back to its start. */
export const idle_answer_seconds = 30;
/** What the server believes at most between two requests of a turn: a page that died forgets nobody. */
export const turn_idle_seconds = 300;

export const pairing_minutes = 30;
export const proof_tries_max = 3;

/** Limits of one terminal over ten minutes; beyond them it rests and staff see an alert. */
export const window_minutes = 10;
export const turns_max = 40;
export const refused_max = 12;

/** Whether a terminal has looked up too many people, or found too few of them. */
export function isTooBusy(counts: { turns: number; refused: number }): boolean {
  return counts.turns >= turns_max || counts.refused >= refused_max;
}

/** Twelve digits in fours, from bytes of chance. */
export function pairingCode(bytes: Uint8Array): string {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return (number % 1_000_000_000_000n).toString().padStart(12, '0');
}

export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a person or a reader typed, without the spaces of the display. */
export const bareCode = (text: string): string => text.replaceAll(/\D/g, '');

/** A reading of a card: `ZHCARD:<payload>.<mac>`, both base64url; see docs/kiosk-reader.md. */
export type Card = { number: string; name: string; nonce: string; read_at: number };

/** A reading is believed for two minutes around the server's clock. */
export const card_seconds = 120;

/** The card behind a reader's line, or undefined when the line is not this reader's, or is old. */
export function readCard(line: string, mac: (text: string) => Buffer, now: Date): Card | undefined {
  const found = /^ZHCARD:([\w-]{1,2000})\.([\w-]{43})$/.exec(line.trim());
  if (!found) return undefined;
  const [, body = '', signature = ''] = found;
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const card: unknown = parsed(body);
  if (!isCard(card)) return undefined;
  return Math.abs(now.getTime() - card.read_at) <= card_seconds * 1000 ? card : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isCard(card: unknown): card is Card {
  if (typeof card !== 'object' || card === null) return false;
  const { number, name, nonce, read_at } = card as Record<string, unknown>;
  return (
    typeof number === 'string' &&
    typeof name === 'string' &&
    typeof nonce === 'string' &&
    nonce.length >= 8 &&
    nonce.length <= 64 &&
    typeof read_at === 'number'
  );
}
