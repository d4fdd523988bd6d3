import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWitness, type Witness, type WitnessOptions } from '../../src/evidence/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { seededRandom } from '../../src/platform/random.ts';

/** Witnesses in this process, and a network on which only they answer. */
export function witnessesInProcess(clock: Clock) {
  const base = mkdtempSync(join(tmpdir(), 'zhenghao-witnesses-'));
  const running = new Map<string, Witness>();
  const waits = new Map<string, Promise<unknown>>();
  const down = new Set<string>();
  const url = (letter: string) => `http://${letter}.witness.test`;
  const network = async (to: string, init: RequestInit): Promise<Response> => {
    const letter = new URL(to).hostname.split('.')[0] ?? '';
    const witness = running.get(letter);
    if (!witness || down.has(letter)) throw new TypeError('fetch failed');
    await Promise.race([
      waits.get(letter),
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted')))), // prettier-ignore
    ]);
    const { status, type, body } = witness.addCheckpoint(String(init.body));
    return new Response(body, { status, headers: { 'content-type': type } });
  };
  return {
    network: network as unknown as typeof fetch,
    /** Starts a witness, again from its folder if it has one. */
    begin: (letter: string, log: string, start?: WitnessOptions['start']) => {
      const witness = createWitness({
        log,
        name: `${letter}.witness.test`,
        dir: join(base, letter),
        ...(start ? { start } : {}),
        clock,
        random: seededRandom(letter),
      });
      running.set(letter, witness);
      waits.set(letter, Promise.resolve());
      return { vkey: witness.vkey, url: url(letter), independent: true };
    },
    down,
    /** Lets a witness answer only once the promise is kept. */
    hold: (letter: string, until: Promise<unknown>) => waits.set(letter, until),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}
