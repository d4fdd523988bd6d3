import type { Entered, Receipt } from '../shared/types.ts';

/** What only this browser knows of an entry: without the secret nobody can withdraw it. */
export type KeptReceipt = {
  receipt: Receipt;
  short_code: string;
  preferences: string[];
  nonce: string;
  secret: string;
  draw_code: string;
};

export type Draft = { nonce: string; secret: string; secret_hash: string };

const KEPT = 'zh.receipts';
const DRAFTS = 'zh.receipt-drafts';

function read<T>(name: string): Record<string, T> {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '{}') as Record<string, T>;
  } catch {
    return {};
  }
}

function write(name: string, value: object): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false; // a private window: the page asks to download the receipt
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Nonce and secret of an entry to be, made in this browser from 32 random bytes each. The same ones
 * are used until the server has answered, so that a lost answer does not lose the secret.
 */
export async function draftFor(drawId: string, patientId: string): Promise<Draft> {
  const drafts = read<Draft>(DRAFTS);
  const name = `${drawId}/${patientId}`;
  const known = drafts[name];
  if (known) return known;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', secret));
  const draft = { nonce: hex(nonce), secret: hex(secret), secret_hash: hex(digest) };
  write(DRAFTS, { ...drafts, [name]: draft });
  return draft;
}

/** Keeps the receipt with its secret and ends the draft. */
export function keepReceipt(input: {
  entered: Entered;
  draft: Draft;
  drawId: string;
  drawCode: string;
  patientId: string;
}): void {
  const { entered, draft, drawId, drawCode, patientId } = input;
  const kept: KeptReceipt = {
    receipt: entered.receipt,
    short_code: entered.short_code,
    preferences: entered.preferences,
    nonce: draft.nonce,
    secret: draft.secret,
    draw_code: drawCode,
  };
  const stored = write(KEPT, { ...read<KeptReceipt>(KEPT), [entered.e]: kept });
  if (!stored) return; // the draft in memory is gone with the page, as the notice says
  const { [`${drawId}/${patientId}`]: _used, ...rest } = read<Draft>(DRAFTS);
  write(DRAFTS, rest);
}

export function keptReceipt(e: string): KeptReceipt | undefined {
  return read<KeptReceipt>(KEPT)[e];
}
