import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Random } from '../../platform/random.ts';
import { normaliseDocumentNumber } from '../documents/index.ts';
import { comparableName } from '../real-name.ts';
import type {
  RealNameOutcome,
  RealNameProvider,
  RealNameQuery,
  RealNameResult,
} from '../real-name.ts';
import { createPopulation } from './population.ts';
import type { Population } from './population.ts';

function outcome(population: Population, query: RealNameQuery): RealNameOutcome {
  // Like the real authority for citizens, this one knows citizens' numbers and nothing else.
  if (query.documentType !== 'resident_id' && query.documentType !== 'household_register') {
    return 'unknown';
  }
  const person = population.findByDocument(normaliseDocumentNumber(query.documentNumber));
  if (!person) return 'unknown';
  return comparableName(person.name) === comparableName(query.name) ? 'match' : 'mismatch';
}

/** Whose phone it is, as the operators would say; only a person the authority knows has one. */
function holder(population: Population, query: RealNameQuery): RealNameResult['phone'] {
  if (query.phone === undefined) return undefined;
  const person = population.findByDocument(normaliseDocumentNumber(query.documentNumber));
  if (!person) return 'unknown';
  return person.phone === query.phone ? 'match' : 'mismatch';
}

/** The 网证 that the sandbox's person would show from the national app: made from the number. */
export function sandboxCredential(documentNumber: string): string {
  const number = normaliseDocumentNumber(documentNumber);
  const digest = createHash('sha256').update(`sandbox credential ${number}`).digest('hex');
  return `WZ${digest.slice(0, 12).toUpperCase()}`;
}

/**
 * The identity authority of installations without a contract with a real one: it answers for the
 * synthetic population of `seed` and `size`, in process, and for nobody else.
 * @throws RangeError when `size` is out of range
 */
export function createSandboxAuthority(options: {
  seed: string;
  size: number;
  clock: Clock;
  random?: Random;
}): RealNameProvider {
  const { seed, size, clock, random = systemRandom } = options;
  const population = createPopulation({ seed, size });
  const answer = (result: RealNameOutcome, phone?: RealNameResult['phone']): RealNameResult => ({
    result,
    source: 'sandbox',
    checkedAt: clock.now(),
    reference: newId({ clock, random }),
    ...(phone === undefined ? {} : { phone }),
  });
  return {
    name: 'sandbox',
    check: (query) =>
      Promise.resolve(answer(outcome(population, query), holder(population, query))),
    checkCredential: (query) => {
      const shown = query.credential.trim().toUpperCase();
      const known = outcome(population, query);
      const genuine = shown === sandboxCredential(query.documentNumber);
      return Promise.resolve(answer(known === 'match' && !genuine ? 'mismatch' : known));
    },
  };
}
