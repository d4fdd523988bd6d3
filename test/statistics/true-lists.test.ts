import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  allocate,
  drawReturn,
  type Applicant,
  type ReturnLine,
} from '../../src/release/sealed-draw/index.ts';
import {
  disappointment,
  everyList,
  immediateAcceptance,
  market,
  misreport,
  searchMisreports,
  type Allocator,
  type Market,
} from '../support/markets.ts';
import { textHash } from '../support/simulated-draws.ts';
import { chance, tell } from '../support/statistics.ts';

const MARKETS = 1500;
const WITH_RETURN = 600;
const markets = Array.from({ length: MARKETS }, (_, i) =>
  market(`true lists ${i}`, { reserves: i % 3 > 0 }),
);

function search(allocator: Allocator): { tried: number; profitable: number; markets: number } {
  const total = { tried: 0, profitable: 0, markets: 0 };
  for (const one of markets) {
    const { tried, profitable } = searchMisreports(one, allocator);
    total.tried += tried;
    total.profitable += profitable;
    if (profitable > 0) total.markets++;
  }
  return total;
}

test('no false list gets anybody a better place, reserves or not (every list of every entry)', (t) => {
  const { tried, profitable } = search(allocate);
  tell(t, '封存派号', String(MARKETS), String(tried), String(profitable));
  assert.equal(profitable, 0);
});

test('the search finds profitable false lists under immediate acceptance', (t) => {
  const { tried, profitable, markets } = search(immediateAcceptance);
  tell(t, '对照：即时录取（Boston）', String(MARKETS), String(tried), String(profitable));
  t.diagnostic(`in ${markets} of ${MARKETS} markets`);
  assert.ok(markets > MARKETS / 20);
});

test('no entry and place would rather have each other, and no wanted place stays empty', () => {
  for (const [i, { applicants, places }] of markets.entries()) {
    const result = allocate(applicants, places);
    const holder = new Map(
      result.flatMap(({ place }, rank) => (place === null ? [] : [[place, rank]])),
    );
    assert.equal(holder.size, result.filter(({ place }) => place !== null).length);
    applicants.forEach(({ p }, rank) => {
      const better = p.slice(0, disappointment(p, result[rank]?.slot ?? null));
      places.slots.forEach((slot, place) => {
        if (!better.includes(slot)) return;
        const other = holder.get(place);
        assert.notEqual(other, undefined, `market ${i}: wanted place ${place} is empty`);
        if (other === undefined) return;
        const reservedFor = places.reserves.find((one) => one.place === place)?.c;
        const order = (r: number): number =>
          (reservedFor !== undefined && applicants[r]?.c !== reservedFor ? 1000 : 0) + r;
        assert.ok(order(other) < order(rank), `market ${i}: place ${place} prefers ${rank}`);
      });
    });
  }
});

test('nobody envies a lower rank of the same class', () => {
  for (const { applicants, places } of markets) {
    const slots = allocate(applicants, places).map(({ slot }) => slot);
    applicants.forEach(({ c, p }, rank) => {
      for (let lower = rank + 1; lower < applicants.length; lower++) {
        if (applicants[lower]?.c !== c) continue;
        const own = disappointment(p, slots[rank] ?? null);
        assert.ok(own <= disappointment(p, slots[lower] ?? null));
      }
    });
  }
});

/** Written from the specification's sentence: in rank order each takes the best remaining place. */
const inTurn: Allocator = (applicants, { slots, precedence }) => {
  const free = [...precedence];
  return applicants.map(({ e, p }) => {
    for (const slot of p) {
      const at = free.findIndex((place) => slots[place] === slot);
      if (at >= 0) return { e, place: free.splice(at, 1)[0] ?? null, slot };
    }
    return { e, place: null, slot: null };
  });
};

test('without reserves each in turn takes the best remaining place, by both algorithms', () => {
  for (const { applicants, places } of markets) {
    const plain = { ...places, reserves: [] };
    const expected = inTurn(applicants, plain);
    assert.deepEqual(allocate(applicants, plain), expected);
    // A reserve for a class that nobody has is no reserve, but takes the general algorithm.
    assert.deepEqual(allocate(applicants, { ...places, reserves: [{ c: 9, place: 0 }] }), expected);
  }
});

/**
 * What the applicant at `rank` ends with when some places of others come back and are drawn again over
 * the standby pool. Which come back, and seed′, do not depend on the list that is handed in.
 */
function afterReturn(one: Market, name: string, applicants: Applicant[], rank: number) {
  const main = allocate(applicants, one.places);
  const own = main[rank];
  if (own === undefined || own.place !== null) return own?.slot ?? null;
  const next = chance(`${name} returned`);
  const lines = one.places.slots.flatMap((slot, place): ReturnLine[] =>
    next.below(2) ? [{ place, slot, why: 'cancel', x: [] }] : [],
  );
  const standby = new Set(main.filter(({ place }) => place === null).map(({ e }) => e));
  const candidates = applicants
    .filter(({ e }) => standby.has(e))
    .map(({ c, e, p }) => ({ c, e, p: [...p], w: 1 }));
  const drawn = drawReturn({ lines, candidates, seed: textHash(name) }, nodeHasher).allocation;
  return drawn.find(({ e }) => e === own.e)?.slot ?? null;
}

test('no other order of the same wishes helps, the next return included; leaving wishes out is a gamble', (t) => {
  let reorderings = 0;
  let shorter = 0;
  let luck = 0;
  let harm = 0;
  for (const [i, one] of markets.slice(0, WITH_RETURN).entries()) {
    const name = `return of market ${i}`;
    one.applicants.forEach(({ p: wishes }, rank) => {
      const result = (p: string[]): number =>
        disappointment(wishes, afterReturn(one, name, misreport(one.applicants, rank, p), rank));
      const honest = result([...wishes]);
      for (const p of everyList(wishes)) {
        const got = result(p);
        if (p.length === wishes.length) {
          reorderings++;
          assert.ok(got >= honest, `market ${i}, rank ${rank}: ${p.join()} helps`);
          continue;
        }
        shorter++;
        if (got < honest) luck++;
        if (got > honest) harm++;
      }
    });
  }
  tell(t, '调换次序（含一次退号重派）', String(WITH_RETURN), String(reorderings), '0');
  tell(t, '少填（同上，事后看）', String(WITH_RETURN), String(shorter), String(luck));
  t.diagnostic(`a shorter list helped ${luck} times and harmed ${harm} times`);
  assert.ok(harm > luck && luck > 0);
});
