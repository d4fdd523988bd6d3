import type { Entered, Entry, Receipt } from '../shared/types.ts';

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
/** Secrets typed in from a slip, by entry. */
const TYPED = 'zh.entry-secrets';
/** Secrets of standing wishes, by wish. */
const WISHES = 'zh.wish-secrets';

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

function add(name: string, key: string, value: object | string): boolean {
  return write(name, { ...read<object | string>(name), [key]: value });
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))));
}

/**
 * Nonce and secret of an entry to be, made in this browser from 32 random bytes each. The same ones
 * are used until the server has answered, so that a lost answer does not lose the secret. An edit is a new entry with fresh ones.
 */
export async function draftFor(name: string): Promise<Draft> {
  const drafts = read<Draft>(DRAFTS);
  const known = drafts[name];
  if (known) return known;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const secret_hash = await sha256(hex(secret));
  const draft = { nonce: hex(nonce), secret: hex(secret), secret_hash };
  write(DRAFTS, { ...drafts, [name]: draft });
  return draft;
}

/** Keeps the receipt with its secret and ends the draft. */
export function keepReceipt(input: {
  entered: Entered;
  draft: Draft;
  /** The name the draft was made under. */
  name: string;
  drawCode: string;
}): void {
  const { entered, draft, name, drawCode } = input;
  const kept: KeptReceipt = {
    receipt: entered.receipt,
    short_code: entered.short_code,
    preferences: entered.preferences,
    nonce: draft.nonce,
    secret: draft.secret,
    draw_code: drawCode,
  };
  if (!add(KEPT, entered.e, kept)) return; // the draft is gone with the page, as the notice says
  const { [name]: _used, ...rest } = read<Draft>(DRAFTS);
  write(DRAFTS, rest);
}

export function keptReceipt(e: string): KeptReceipt | undefined {
  return read<KeptReceipt>(KEPT)[e];
}

/** Keeps the secret of a standing wish: each of its entries has one that follows from it. */
export function keepWishSecret(wish_id: string, secret: string): void {
  add(WISHES, wish_id, secret);
}

/** Whether a secret typed in from a slip is this entry's; if so it is kept. */
export async function keepTypedSecret(entry: Entry, typed: string): Promise<boolean> {
  const secret = typed.replace(/[\s-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(secret) || (await sha256(secret)) !== entry.receipt.v) return false;
  add(TYPED, entry.e, secret);
  return true;
}

/** The secret of an entry, if this browser knows it or can tell it from its wish. */
export async function secretOf(entry: Entry): Promise<string | null> {
  const typed = read<string>(TYPED)[entry.e];
  if (typed !== undefined) return typed;
  const { v } = entry.receipt;
  // An entry of a burnt draw goes on in the next one under the same secret.
  const kept = Object.values(read<KeptReceipt>(KEPT)).find(({ receipt }) => receipt.v === v);
  if (kept) return kept.secret;
  // The answer to a registration may have been lost on the way: its draft has the secret.
  const draft = Object.values(read<Draft>(DRAFTS)).find(({ secret_hash }) => secret_hash === v);
  return draft?.secret ?? secretOfWish(entry);
}

async function secretOfWish(entry: Entry): Promise<string | null> {
  const wish = entry.wish_id === null ? undefined : read<string>(WISHES)[entry.wish_id];
  if (wish === undefined) return null;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(wish), hmac, false, ['sign']);
  const label = new TextEncoder().encode('withdraw');
  const data = new Uint8Array([...label, ...bytes(entry.draw.manifest_hash)]);
  const secret = hex(new Uint8Array(await crypto.subtle.sign('HMAC', key, data)));
  return (await sha256(secret)) === entry.receipt.v ? secret : null;
}
