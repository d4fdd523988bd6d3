import { pbkdf2Sync } from 'node:crypto';

/** Solves a proof of work as a browser does; the text of the header `x-challenge-proof`. */
export function solveWork(challenge: { parameters: Record<string, unknown> }): string {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters as {
    nonce: string;
    salt: string;
    cost: number;
    keyLength: number;
    keyPrefix: string;
  };
  for (let counter = 0; counter < 100_000; counter++) {
    const last = Buffer.alloc(4);
    last.writeUInt32BE(counter);
    const password = Buffer.concat([Buffer.from(nonce, 'hex'), last]);
    const key = pbkdf2Sync(password, Buffer.from(salt, 'hex'), cost, keyLength, 'sha256');
    const derivedKey = key.toString('hex');
    if (derivedKey.startsWith(keyPrefix))
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
  }
  throw new Error('the challenge has no answer');
}
