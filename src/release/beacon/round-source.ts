import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { hex, integer } from '../sealed-draw/shape.ts';
import { verifyRound, type BlsBeacon } from '../sealed-draw/index.ts';
import { fetchJson, reasonOf } from './fetch-json.ts';
import { gatherRound } from './gather.ts';
import { readGroup } from './group.ts';
import type { Group } from './group-file.ts';

/** A verified signature and where it came from, in words. */
export type Found = { signature: string; source: string };

/** Fetches rounds over the network, and remembers when to leave a silent source alone. */
export type RoundSource = {
  /** The verified signature of a round whose time has come; undefined when it cannot be had now. */
  fetch(
    beacon: Pick<BlsBeacon, 'chain' | 'kind' | 'publicKey'>,
    round: number,
  ): Promise<Found | undefined>;
};

const ask_ms = 1_500;
const pause_ms = { first: 1_000, longest: 60_000 };

type Source = {
  config: Pick<Config, 'beacon'>;
  clock: Clock;
  /** Undefined where the installation has no way out. */
  network?: typeof fetch | undefined;
  /** Told of every source that is silent or wrong, in sentences. */
  report?: ((sentence: string) => void) | undefined;
};

/**
 * The network side of the city beacon and of drand. Create it once: a source that fails is asked again
 * after 1 s, 2 s … 60 s, and no single question takes more than 1.5 s.
 * @throws Error in a sentence when the city beacon's group file cannot be used.
 */
export function createRoundSource(source: Source): RoundSource {
  const { city } = source.config.beacon;
  const group = city && readGroup(city.group_file);
  const report = source.report ?? ((sentence: string) => console.error(sentence));
  const pauses = new Map<string, { until: number; length: number }>();

  const ask = async (
    beacon: Pick<BlsBeacon, 'chain' | 'kind' | 'publicKey'>,
    round: number,
  ): Promise<{ found: Found | undefined; faults: string[] } | undefined> => {
    const { network } = source;
    if (!network) return undefined;
    if (beacon.kind === 'drand') return askRelays(source, { ...beacon, round }, network);
    if (beacon.kind === 'city' && city && group?.chain === beacon.chain)
      return askHolders(group, { holders: city.holders, round, network });
    return undefined;
  };

  return {
    fetch: async (beacon, round) => {
      const now = source.clock.now().getTime();
      const pause = pauses.get(beacon.chain);
      if (pause && now < pause.until) return undefined;
      const asked = await ask(beacon, round);
      if (!asked) return undefined;
      if (asked.faults.length > 0) report(`Beacon round ${round}: ${asked.faults.join(' ')}`);
      if (asked.found) pauses.delete(beacon.chain);
      else {
        const length = pause ? Math.min(pause.length * 2, pause_ms.longest) : pause_ms.first;
        pauses.set(beacon.chain, { until: now + length, length });
      }
      return asked.found;
    },
  };
}

async function askHolders(
  group: Group,
  question: { holders: readonly string[]; round: number; network: typeof fetch },
): Promise<{ found: Found | undefined; faults: string[] }> {
  const { signature, from, faults } = await gatherRound({ group, ...question, timeout_ms: ask_ms });
  if (signature === undefined) return { found: undefined, faults };
  return {
    found: { signature, source: `city beacon, holders ${from.join(', ')}` },
    faults,
  };
}

/** Every relay at once; the first verified answer wins, and wrong ones are told. */
async function askRelays(
  source: Source,
  question: { chain: string; publicKey: string; round: number },
  network: typeof fetch,
): Promise<{ found: Found | undefined; faults: string[] } | undefined> {
  const urls = source.config.beacon.drand_urls;
  if (urls.length === 0) return undefined;
  const faults: string[] = [];
  const answers = urls.map(async (url): Promise<Found> => {
    try {
      const path = `${url}/${question.chain}/public/${question.round}`;
      const signature = relayed(await fetchJson(network, path, ask_ms), question);
      return { signature, source: `drand over HTTP, ${url}` };
    } catch (error) {
      faults.push(`The relay ${url} ${reasonOf(error)}.`);
      throw error;
    }
  });
  const found = await Promise.any(answers).catch(() => undefined);
  return { found, faults };
}

const roundNumber = integer(1);
const signatureText = hex(48);

/** The signature in a relay's reply, once it verifies; the reply's other fields are not believed. */
function relayed(reply: unknown, question: { publicKey: string; round: number }): string {
  const body = reply as { round?: unknown; signature?: unknown } | null;
  const round = roundNumber(body?.round, 'its round');
  const signature = signatureText(body?.signature, 'its signature');
  if (round !== question.round) throw new Error(`answered with round ${round}`);
  if (!verifyRound(question.publicKey, round, signature))
    throw new Error('gave a wrong signature, which was ignored');
  return signature;
}
