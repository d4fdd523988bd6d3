// The key this browser signs its writes with. It is kept as a key no script can read back, so a copied
// cookie alone writes nothing.

export type GivenKey = { device_key_id: string; key: string; now: string };
type Kept = { device_key_id: string; key: CryptoKey };

const STORE = 'keys';
const RECORD = 'request';
const DEVICE = 'zh.device';

let kept: Promise<Kept | null> | undefined;
let offset_ms = 0;

/** Takes over the server's clock: a signature is good for five minutes around it. */
export function setSigningClock(server_ms: number): void {
  offset_ms = server_ms - Date.now();
}

/** Keeps the key given at sign-in; its bytes are forgotten here. */
export async function keepRequestKey(given: GivenKey | undefined): Promise<void> {
  if (!given) return;
  setSigningClock(Date.parse(given.now));
  const { device_key_id } = given;
  const bytes = fromBase64Url(given.key);
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign']);
  bytes.fill(0);
  kept = Promise.resolve({ device_key_id, key });
  try {
    localStorage.setItem(DEVICE, device_key_id);
    await inStore('readwrite', (store) => store.put({ device_key_id, key }, RECORD));
  } catch {
    // a browser that keeps nothing signs until the page is closed
  }
}

/** Forgets the key at sign-out; the id stays, so that one browser stays one device. */
export async function forgetRequestKey(): Promise<void> {
  kept = Promise.resolve(null);
  try {
    await inStore('readwrite', (store) => store.delete(RECORD));
  } catch {
    // there was none
  }
}

/** The id this browser's key had before, to be asked for again. */
export function deviceHint(): { device_key_id?: string } {
  try {
    const known = localStorage.getItem(DEVICE);
    return known === null ? {} : { device_key_id: known };
  } catch {
    return {};
  }
}

/** The headers that sign a write; none when this browser has no key. `body` is the text that is sent. */
export async function signWrite(
  method: string,
  path: string,
  body: string,
): Promise<Record<string, string>> {
  kept ??= readKept();
  const own = await kept;
  if (!own) return {};
  const time = String(Date.now() + offset_ms);
  const nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const encoder = new TextEncoder();
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(body));
  const text = [method, path, time, nonce, toHex(digest)].join('\n');
  const signature = await crypto.subtle.sign('HMAC', own.key, encoder.encode(text));
  return {
    'x-device-key-id': own.device_key_id,
    'x-request-time': time,
    'x-request-nonce': nonce,
    'x-request-signature': toBase64Url(new Uint8Array(signature)),
  };
}

let ask: (() => Promise<boolean>) | undefined;

/** Says how to get a new key when this browser's was lost; true when it was got. */
export function whenKeyLost(handler: (() => Promise<boolean>) | undefined): void {
  ask = handler;
}

/** Puts right what a refusal says of a signature; true when signing again is worth it. */
export async function mendSignature(problem: Readonly<Record<string, unknown>>): Promise<boolean> {
  if (problem['code'] === 'gate/replayed') return true;
  if (problem['code'] === 'gate/clock' && typeof problem['server_time'] === 'string') {
    setSigningClock(Date.parse(problem['server_time']));
    return true;
  }
  return problem['code'] === 'gate/unsigned' && ask !== undefined && ask();
}

async function readKept(): Promise<Kept | null> {
  try {
    return (await inStore<Kept | undefined>('readonly', (store) => store.get(RECORD))) ?? null;
  } catch {
    return null; // a browser without a store, or one that was cleared
  }
}

function inStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('zhenghao', 1);
    const fail = (): void => reject(new Error('the store of keys does not answer'));
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
    opening.addEventListener('error', fail);
    opening.addEventListener('success', () => {
      const db = opening.result;
      const asked = act(db.transaction(STORE, mode).objectStore(STORE));
      const end = (then: () => void) => () => {
        db.close();
        then();
      };
      asked.addEventListener(
        'success',
        end(() => resolve(asked.result as T)),
      );
      asked.addEventListener('error', end(fail));
    });
  });
}

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}
