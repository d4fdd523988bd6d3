import { COSIGNATURE_V1_ALG, parseVkey } from './tlog/index.ts';

/** A witness of this installation's log. */
export type WitnessSetting = {
  /** Its verifier key (type 0x04). */
  vkey: string;
  /** Where it is asked: the prefix of its service. */
  url: string;
  /** False for one that runs under the same hand as the log. Its name then ends in `.not-independent`. */
  independent: boolean;
};

/** Who countersigns and timestamps the log. */
export type EvidenceConfig = Readonly<{
  witnesses: readonly WitnessSetting[];
  /** How many of them a new manifest demands; undefined: all of them, up to two. */
  witnesses_min: number | undefined;
  /** An RFC 3161 timestamping authority; undefined asks none. */
  tsa_url: string | undefined;
}>;

/** How many witnesses the demo runs beside the server. */
const demo_witnesses = 2;

/**
 * A witness from its verifier key and address. Its name says whether it is independent, so that
 * everybody who reads a manifest can see it too. @throws TypeError unless a vkey of type 0x04.
 */
export function witnessSetting(vkey: string, url: string): WitnessSetting {
  const key = parseVkey(vkey);
  if (key.alg !== COSIGNATURE_V1_ALG) throw new TypeError('it is the key of a log');
  return { vkey, url, independent: !key.name.endsWith('.not-independent') };
}

/** Reads WITNESSES, WITNESSES_MIN and TSA_URL; adds a sentence for every fault. */
export function readEvidenceConfig(
  text: (name: string) => string | undefined,
  demo: boolean,
  faults: string[],
): EvidenceConfig {
  const witnesses = (text('WITNESSES') ?? '')
    .split(/[\s;]+/)
    .filter(Boolean)
    .flatMap((entry) => readWitness(entry, faults));
  const names = new Set(witnesses.map(({ vkey }) => vkey));
  if (names.size < witnesses.length) faults.push('WITNESSES names a witness twice.');
  const tsa_url = text('TSA_URL');
  if (tsa_url !== undefined && !isHttp(tsa_url))
    faults.push(`TSA_URL must be an http or https address, not "${tsa_url}".`);
  const count = witnesses.length > 0 || !demo ? witnesses.length : demo_witnesses;
  return Object.freeze({ witnesses, tsa_url, witnesses_min: readMin(text, count, faults) });
}

function readWitness(entry: string, faults: string[]): WitnessSetting[] {
  // A vkey holds plus signs, slashes and equal signs; the last @ before an address ends it.
  const [, vkey = '', url = ''] = /^(.+)@(https?:\/\/.*)$/.exec(entry) ?? [];
  try {
    if (!isHttp(url)) throw new TypeError('it must read VKEY@http://… or VKEY@https://…');
    return [witnessSetting(vkey, url.replace(/\/+$/, ''))];
  } catch (error) {
    faults.push(`WITNESSES holds "${entry}": ${(error as Error).message}.`);
    return [];
  }
}

function readMin(
  text: (name: string) => string | undefined,
  count: number,
  faults: string[],
): number | undefined {
  const asked = text('WITNESSES_MIN');
  if (asked === undefined) return undefined;
  if (!/^\d{1,3}$/.test(asked) || Number(asked) > count)
    faults.push(
      `WITNESSES_MIN must be a whole number from 0 to the number of witnesses (${count}), not "${asked}".`,
    );
  return Number(asked);
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
