import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Random } from '../../platform/random.ts';
import { normaliseDocumentNumber } from '../documents/index.ts';
import { comparableName } from '../real-name.ts';
import type { RealNameOutcome, RealNameProvider, RealNameQuery } from '../real-name.ts';
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
  return {
    name: 'sandbox',
    async check(query) {
      return {
        result: outcome(population, query),
        source: 'sandbox',
        checkedAt: clock.now(),
        reference: newId({ clock, random }),
      };
    },
  };
}
