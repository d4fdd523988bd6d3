import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Which beacon new draws use, and where rounds of draws already announced come from. */
export type BeaconConfig = Readonly<{
  kind: 'city' | 'demo' | 'dice' | 'drand';
  /** HTTP relays of drand; empty where rounds are only pasted. */
  drand_urls: readonly string[];
  /** The city beacon's group.json and the addresses of its key holders. */
  city: Readonly<{ group_file: string; holders: readonly string[] }> | undefined;
}>;

const kinds = ['city', 'demo', 'dice', 'drand'] as const;
const relays = ['https://api.drand.sh', 'https://drand.cloudflare.com'];

/** Reads BEACON, CITY_BEACON, CITY_BEACON_HOLDERS and DRAND_URL; adds a sentence for every fault. */
export function readBeaconConfig(
  text: (name: string) => string | undefined,
  demo: boolean,
  faults: string[],
): BeaconConfig {
  const asked = text('BEACON');
  const kind = asked === undefined ? (demo ? 'demo' : 'drand') : kinds.find((one) => one === asked);
  if (kind === undefined) faults.push(`BEACON must be ${kinds.join(', ')}, not "${asked}".`);
  if (kind === 'demo' && !demo)
    faults.push('BEACON=demo is not independent and exists in the demo only; set DEMO=1 with it.');
  const file = text('CITY_BEACON');
  const named = text('CITY_BEACON_HOLDERS');
  if ((file === undefined) !== (named === undefined))
    faults.push('CITY_BEACON and CITY_BEACON_HOLDERS go together: give both or none.');
  if (kind === 'city' && file === undefined)
    faults.push('BEACON=city needs CITY_BEACON, the path of the group.json of the key ceremony.');
  if (file !== undefined && !existsSync(file))
    faults.push(`CITY_BEACON names ${file}, which does not exist.`);
  const relay = text('DRAND_URL');
  return Object.freeze({
    kind: kind ?? 'drand',
    drand_urls:
      relay === undefined ? relays : relay === 'off' ? [] : urls('DRAND_URL', relay, faults),
    city:
      file === undefined
        ? undefined
        : {
            group_file: resolve(file),
            holders: urls('CITY_BEACON_HOLDERS', named ?? '', faults),
          },
  });
}

/** Addresses separated by spaces or commas, without their last slash. */
function urls(name: string, list: string, faults: string[]): string[] {
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((url) => {
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
        faults.push(`${name} must list http or https addresses, not "${url}".`);
      return url.replace(/\/+$/, '');
    });
}
