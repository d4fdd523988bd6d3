// ALTCHA's work, version 2: find the counter whose derived key begins with the prefix. The browser's
// own cryptography does it off the page's thread, so the page stays usable meanwhile.

export type Challenge = {
  parameters: {
    nonce: string;
    salt: string;
    cost: number;
    keyLength: number;
    keyPrefix: string;
  } & Record<string, unknown>;
  signature: string;
};

/** Keys derived side by side; more would only crowd out the page. */
const abreast = 4;
/** Far beyond any counter the server chooses. */
const counter_max = 100_000;

/** Solves a challenge; the text goes into the header `x-challenge-proof`. */
export async function solve(challenge: Challenge): Promise<string> {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const [nonceBytes, saltBytes] = [fromHex(nonce), fromHex(salt)];
  const derive = async (counter: number): Promise<{ counter: number; derivedKey: string }> => {
    const password = new Uint8Array(nonceBytes.length + 4);
    password.set(nonceBytes);
    new DataView(password.buffer).setUint32(nonceBytes.length, counter);
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const way = { name: 'PBKDF2', hash: 'SHA-256', salt: saltBytes, iterations: cost };
    const bits = new Uint8Array(await crypto.subtle.deriveBits(way, key, keyLength * 8));
    const derivedKey = [...bits].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return { counter, derivedKey };
  };
  for (let from = 0; from < counter_max; from += abreast) {
    const tries = Array.from({ length: abreast }, (_, n) => derive(from + n));
    const found = (await Promise.all(tries)).find(({ derivedKey }) =>
      derivedKey.startsWith(keyPrefix),
    );
    if (found) return btoa(JSON.stringify({ challenge, solution: found }));
  }
  throw new Error('the challenge has no answer');
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
