import { join } from 'node:path';
import type { Context } from '../../src/context.ts';
import { createWitness, logIdentity, logVkey, type Witness } from '../../src/evidence/index.ts';
import { witnessSetting } from '../../src/platform/evidence-config.ts';
import { seededRandom } from '../../src/platform/random.ts';

/** Two witnesses in this process, and the network on which nobody but they answers. */
export function demoWitnesses(seed: string, folder: string) {
  const running = new Map<string, Witness>();
  const network = (to: string, init: RequestInit): Promise<Response> => {
    const witness = running.get(new URL(to).hostname);
    if (!witness) return Promise.reject(new TypeError(`nobody answers at ${to}`));
    const { status, type, body } = witness.addCheckpoint(init.body as string);
    return Promise.resolve(new Response(body, { status, headers: { 'content-type': type } }));
  };
  return {
    network: network as unknown as typeof fetch,
    /** Begins with the log, before its first checkpoint; the names say that neither is independent. */
    begin: async (ctx: Context): Promise<void> => {
      const { origin } = await logIdentity(ctx);
      const log = logVkey(ctx.secrets, origin);
      for (const letter of ['a', 'b']) {
        const name = `demo-witness-${letter}.not-independent`;
        const witness = createWitness({
          ...{ log, name, dir: join(folder, letter), start: { first: true } },
          ...{ clock: ctx.clock, random: seededRandom(`${seed} ${name}`) },
        });
        running.set(name, witness);
        ctx.witnesses.push(witnessSetting(witness.vkey, `http://${name}`));
      }
    },
  };
}
