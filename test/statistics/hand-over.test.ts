import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import { applyEvent, drawReturn, returnsHash } from '../../src/release/sealed-draw/index.ts';
import {
  aBuyer,
  botIsFirst,
  botIsFirstChance,
  freshSeed,
  giveBack,
  heldBy,
  holdReturn,
  inMainOrder,
  mainDraw,
  returnLines,
  standbyPool,
  type Aftermath,
  type Crowd,
  type Holding,
} from '../support/hand-over.ts';
import { textHash } from '../support/simulated-draws.ts';
import {
  ALPHA,
  chance,
  chiSquare,
  HitRate,
  percent,
  probability,
  tell,
} from '../support/statistics.ts';

// A clinic of 6 places: 30 patients and a scalper who holds 10 identities.
const CROWD: Crowd = { honest: 30, scalper: 10, places: 6 };
const DRAWS = 10_000;
/** For what takes several returns a draw, and for controls, which miss by far. */
const FEWER = 4000;

/** Plays a strategy over and over; `play` notes its attempts. */
function replay(
  name: string,
  play: (life: Aftermath, rate: HitRate) => void,
  { draws = DRAWS, crowd = CROWD }: { draws?: number; crowd?: Crowd } = {},
): HitRate {
  const rate = new HitRate();
  for (let n = 0; n < draws; n++) play(mainDraw(name, n, crowd), rate);
  return rate;
}

/** Gives back the places, holds the return and notes whether the buyer got one of them. */
function passOn(
  life: Aftermath,
  rate: HitRate,
  deal: { buyer: string; places: readonly { e: string; place: number }[]; holding?: Holding },
): void {
  if (deal.places.length === 0) return;
  for (const held of deal.places) giveBack(life, held);
  const { candidates, places, winners } = holdReturn(life, deal.holding);
  const hit = deal.places.some(({ place }) => winners.get(place) === deal.buyer);
  rate.attempt(hit, Math.min(1, places / candidates));
}

function withinBound(t: TestContext, name: string, rate: HitRate): void {
  tellRate(t, name, rate);
  assert.ok(rate.attempts > 1000);
  assert.ok(rate.share <= rate.limit, `${name}: ${percent(rate.share)} > ${percent(rate.limit)}`);
}

function beyondBound(t: TestContext, name: string, rate: HitRate): void {
  tellRate(t, name, rate);
  assert.ok(rate.share > rate.limit, `the control "${name}" passes`);
}

const tellRate = (t: TestContext, name: string, rate: HitRate): void =>
  tell(
    t,
    name,
    String(rate.attempts),
    percent(rate.share),
    percent(rate.bound),
    percent(rate.limit),
  );

const few = { draws: FEWER };

/** The first of the scalper's places, if there is one. */
const onePlace = (life: Aftermath) => heldBy(life, life.scalper).slice(0, 1);

test('[R016, R017] cancel and rebook at once: the place goes to the buyer no oftener than s/m', (t) => {
  const rate = replay('rebook at once', (life, rate) => {
    const buyer = aBuyer(life);
    passOn(life, rate, { buyer, places: onePlace(life) });
  });
  withinBound(t, '一退一抢（立刻）', rate);
});

test('[R016, R017] no event can hand a returned place over without a return draw', () => {
  for (const t of ['confirm', 'promote', 'triage'] as const) {
    const life = mainDraw('no event', 0, CROWD);
    const [held] = onePlace(life);
    assert.ok(held);
    giveBack(life, held);
    assert.deepEqual(life.ledger.problems, []);
    applyEvent(life.ledger, { at: 0, e: aBuyer(life), place: held.place, t });
    assert.equal(life.ledger.problems.length, 1, t);
  }
});

test('[R016] "sell my cancellation to the next in line": nobody is next in line', (t) => {
  const nextInLine = ({ order, ledger, scalper }: Aftermath): string =>
    order.find((e) => ledger.standby.has(e) && !scalper.has(e)) ?? '';
  const rate = replay('next in line', (life, rate) => {
    passOn(life, rate, { buyer: nextInLine(life), places: onePlace(life) });
  });
  withinBound(t, '卖给“下一位”', rate);
  const control = replay(
    'next in line',
    (life, rate) => {
      const holding = { serve: inMainOrder(life), cluster: () => life.scalper };
      passOn(life, rate, { buyer: nextInLine(life), places: onePlace(life), holding });
    },
    few,
  );
  beyondBound(t, '对照：候补按公开名次', control);
  assert.equal(control.share, 1);
});

test('[R016] cancelling just before the close that has the fewest candidates does not help', (t) => {
  const play = (life: Aftermath, rate: HitRate): void => {
    const { ledger, next, scalper } = life;
    const buyer = aBuyer(life);
    // Patience runs out: at each return some others leave the pool and some give places back.
    const honest = new Set([...life.pool.keys()].filter((e) => !scalper.has(e)));
    for (let n = 1; n < 4; n++) {
      for (const e of [...ledger.standby])
        if (e !== buyer && next.below(3) === 0)
          applyEvent(ledger, { at: 0, e, place: null, t: 'withdraw' });
      if (n < 3) {
        for (const held of heldBy(life, honest).slice(0, next.below(2))) giveBack(life, held);
        holdReturn(life);
        if (!ledger.standby.has(buyer)) return; // got another place, without the scalper
      }
    }
    passOn(life, rate, { buyer, places: onePlace(life) });
  };
  withinBound(t, '等人最少时，截止前一刻退', replay('last moment', play, few));
  const two = { draws: FEWER, crowd: { ...CROWD, sessions: ['A', 'B'] } };
  withinBound(t, '同上，两个场次', replay('last moment, two sessions', play, two));
});

test('[R016] cancelling one place after the other gives each attempt s/m and no more', (t) => {
  const rate = replay(
    'one after the other',
    (life, rate) => {
      const buyer = aBuyer(life);
      for (const held of heldBy(life, life.scalper).slice(0, 4)) {
        if (!life.ledger.standby.has(buyer)) return;
        passOn(life, rate, { buyer, places: [held] });
      }
    },
    few,
  );
  withinBound(t, '一次退一个，逐次试', rate);
});

test('[R016] many sellers who cancel for one buyer together reach s/m of all their places', (t) => {
  const rate = replay('many sellers', (life, rate) => {
    passOn(life, rate, { buyer: aBuyer(life), places: heldBy(life, life.scalper) });
  });
  withinBound(t, '多人同时退给一个买家', rate);
});

test('[R017] a buyer in the cluster of the canceller never gets the place', (t) => {
  const rate = replay(
    'cluster',
    (life, rate) => {
      const buyer = aBuyer(life);
      const holding = { cluster: () => [...life.scalper, buyer] };
      const places = heldBy(life, life.scalper).slice(0, 2);
      passOn(life, rate, { buyer, places, holding });
    },
    few,
  );
  withinBound(t, '买家与退号人同账号、电话、设备或付款人', rate);
  assert.equal(rate.hits, 0);
});

/** Whether the buyer would get one of the places given back now, under a way to make seed′. */
function wouldWin(life: Aftermath, buyer: string, seedOf: (hash: string) => string): boolean {
  const lines = returnLines(life);
  const seed = seedOf(returnsHash(lines, nodeHasher));
  const { allocation } = drawReturn({ lines, candidates: standbyPool(life), seed }, nodeHasher);
  return allocation.some(({ e, place }) => e === buyer && place !== null);
}

/** Tries the places one holds one by one and gives back the one with which the buyer would win. */
function chosenPlace(life: Aftermath, buyer: string, seedOf: (hash: string) => string) {
  const held = heldBy(life, life.scalper);
  const lucky = held.find((one) => {
    const due = new Map(life.ledger.due);
    giveBack(life, one);
    const wins = wouldWin(life, buyer, seedOf);
    life.ledger.due = due;
    life.ledger.holders.set(one.place, { e: one.e, t: 'draw', promoted: true });
    return wins;
  });
  return lucky ? [lucky] : held.slice(0, 1);
}

test('[R016] choosing which place to cancel is worth nothing before the round, and much without one', (t) => {
  const rate = replay('grinding', (life, rate) => {
    const buyer = aBuyer(life);
    // The best that can be done before the close: with the last round that is already known.
    const places = chosenPlace(life, buyer, freshSeed(life, `${life.name} earlier round`));
    passOn(life, rate, { buyer, places });
  });
  withinBound(t, '挑着退（新一轮随机数未出）', rate);
  const known = (hash: string): string => textHash(`seed′ without a round ${hash}`);
  const control = replay(
    'grinding',
    (life, rate) => {
      const buyer = aBuyer(life);
      const places = chosenPlace(life, buyer, known);
      passOn(life, rate, { buyer, places, holding: { seedOf: known } });
    },
    few,
  );
  beyondBound(t, '对照：退号不用新一轮随机数', control);
});

test('[R016, R017] an unwanted place comes back at a return nobody can know, and never to the cluster', (t) => {
  const later = 4;
  const counts = Array.from({ length: later }, () => 0);
  const best = new HitRate();
  for (let n = 0; n < FEWER; n++) {
    const life = mainDraw('dispersal', n, { honest: 0, scalper: 8, places: 4, later });
    const [held] = heldBy(life, life.scalper);
    assert.ok(held);
    giveBack(life, held);
    const holding = { cluster: () => life.scalper };
    assert.equal(holdReturn(life, holding).winners.size, 0);
    const due = life.ledger.due.get(held.place);
    assert.ok(due);
    const wait = due.from - 1;
    counts[wait - 1] = (counts[wait - 1] ?? 0) + 1;
    best.attempt(wait === 1, 1 / later);
    while (life.ledger.next < due.from) assert.equal(holdReturn(life, holding).places, 0);
    // Other exclusions are no way round: those of its first return stay.
    const again = holdReturn(life, { cluster: () => [] });
    assert.equal(again.places, 1);
    assert.equal(again.winners.size, 0);
  }
  const { x2, freedom, p } = chiSquare(
    counts,
    counts.map(() => 1 / later),
  );
  tell(t, '没人要的号隔 1…4 次再派', `${x2.toFixed(2)} (${freedom})`, probability(p));
  assert.ok(p > ALPHA, counts.join());
  withinBound(t, '猜没人要的号哪次再派（later = 4）', best);
});

test('[R016] first come first served gives a bot what the draw does not, as the formula says', (t) => {
  const runs = 40_000;
  const races = [
    { people: 10, refresh: 60, every: 3 },
    { people: 50, refresh: 60, every: 3 },
    { people: 200, refresh: 60, every: 3 },
    { people: 50, refresh: 60, every: 0.01 },
  ];
  for (const race of races) {
    const next = chance(`race of ${race.people} and ${race.every}`);
    const rate = new HitRate();
    const expected = botIsFirstChance(race);
    for (let i = 0; i < runs; i++) rate.attempt(botIsFirst(next, race), expected);
    const who = `${race.people} 人每分钟刷一次，机器每 ${race.every} 秒一次`;
    const figures = [percent(rate.share), percent(expected)];
    if (race.people === 50) tell(t, who, ...figures);
    else t.diagnostic(`${who}: ${figures.join(', formula ')}`);
    assert.ok(Math.abs(rate.share - expected) <= 1.5 * (rate.limit - rate.bound), who);
  }
  // The same bot in a batch: three places, sixty candidates.
  const batch = replay(
    'batch',
    (life, rate) => {
      const { candidates, places, winners } = returnOfThree(life);
      rate.attempt([...winners.values()].includes(life.order.at(-1) ?? ''), places / candidates);
    },
    { draws: FEWER, crowd: { honest: 63, scalper: 0, places: 3 } },
  );
  tell(t, '封存派号：3 个号、60 人', percent(batch.share), percent(batch.bound));
  assert.ok(batch.share <= batch.limit);
});

function returnOfThree(life: Aftermath) {
  const everyone = new Set(life.pool.keys());
  for (const held of heldBy(life, everyone)) giveBack(life, held);
  return holdReturn(life);
}
