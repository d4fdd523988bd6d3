import { createChallenge, verifySolution, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';

export type { Challenge } from 'altcha-lib';

/**
 * Work for a browser in ALTCHA's version 2 with PBKDF2: a phone's own cryptography does it nearly as
 * fast as a rented machine's, and the counter's range bounds the longest wait, which a search for
 * leading zeros never does.
 */
export const work = { iterations: 5_000, counter_min: 60, counter_max: 240 } as const;

const algorithm = 'PBKDF2/SHA-256';

const cache = new WeakMap<Secrets, { sign: string; key: string }>();

function secretsOf(secrets: Secrets): { sign: string; key: string } {
  let known = cache.get(secrets);
  if (!known) {
    const hex = (label: string): string => Buffer.from(secrets.key(label)).toString('hex');
    cache.set(secrets, (known = { sign: hex('challenges'), key: hex('challenge answers') }));
  }
  return known;
}

/** Makes a challenge that is good for `data` only; about a millisecond of work for us too. */
export function makeWork(
  ctx: { random: Random; secrets: Secrets },
  data: Record<string, string | number>,
): Promise<Challenge> {
  const { sign, key } = secretsOf(ctx.secrets);
  return createChallenge({
    algorithm,
    cost: work.iterations,
    counter: work.counter_min + ctx.random.below(work.counter_max - work.counter_min),
    data,
    deriveKey,
    hmacSignatureSecret: sign,
    hmacKeySignatureSecret: key,
  });
}

/**
 * What a solved challenge was made for, or undefined when the text is not one of ours or not solved.
 * `text` is ALTCHA's payload: base64 of `{challenge, solution}`. The answer's MAC is compared, so the
 * work is not done again here.
 */
export async function readWork(
  ctx: { secrets: Secrets },
  text: string,
): Promise<{ data: Record<string, unknown>; signature: Uint8Array } | undefined> {
  const payload = parse(text);
  if (!payload) return undefined;
  const { sign, key } = secretsOf(ctx.secrets);
  try {
    const { verified } = await verifySolution({
      ...payload,
      deriveKey,
      hmacSignatureSecret: sign,
      hmacKeySignatureSecret: key,
    });
    const { signature, parameters } = payload.challenge;
    if (!verified || parameters.keySignature === undefined || signature === undefined) return undefined; // prettier-ignore
    return { data: parameters.data ?? {}, signature: Buffer.from(signature, 'hex') };
  } catch {
    return undefined; // nothing a browser of ours sends
  }
}

type Payload = { challenge: Challenge; solution: { counter: number; derivedKey: string } };

function parse(text: string): Payload | undefined {
  if (text.length > 4_000) return undefined;
  try {
    const read = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Partial<Payload>;
    const { challenge, solution } = read;
    return typeof challenge?.parameters === 'object' && typeof solution === 'object'
      ? { challenge, solution }
      : undefined;
  } catch {
    return undefined;
  }
}
