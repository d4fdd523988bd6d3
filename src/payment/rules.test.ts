import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  backOffMs,
  compareLines,
  keptOf,
  linesOf,
  settlementOf,
  spreadRefund,
  sumOf,
} from './rules.ts';

const base = {
  id: 'o',
  hospital_id: 'h',
  kind: 'visit' as const,
  appointment_id: 'a',
  bill_id: null,
  patient_id: 'p',
  account_id: null,
  category: 'self_pay' as const,
  settlement: 1,
  amount_fen: 6000,
  charged_fen: 0,
  paid_fen: 0,
  refund_asked_fen: 0,
  refunded_fen: 0,
  kept_fen: 0,
  pay_until: null,
  ended_at: null,
  end_reason: null,
  end_due_at: null,
  visit_starts_at: new Date('2026-11-27T00:00:00Z'),
  paid_at: null,
  answered_at: null,
  version: 1,
  has_open: false,
};
const ended = { ended_at: new Date(), end_reason: 'cancelled' };

test('what an order is follows from what came in, what went back, and what the visit costs', () => {
  const cases: [Partial<typeof base> | object, ReturnType<typeof settlementOf>][] = [
    [{}, { state: 'open', charged_fen: 0, refund_fen: 0 }],
    [{ has_open: true }, { state: 'paying', charged_fen: 0, refund_fen: 0 }],
    [{ paid_fen: 6000 }, { state: 'paid', charged_fen: 6000, refund_fen: 0 }],
    [{ paid_fen: 12000 }, { state: 'refunding', charged_fen: 6000, refund_fen: 6000 }],
    [
      { paid_fen: 2000, has_open: true },
      { state: 'paying', charged_fen: 0, refund_fen: 0 },
    ],
    [{ ...ended }, { state: 'closed', charged_fen: 0, refund_fen: 0 }],
    [
      { ...ended, has_open: true },
      { state: 'paying', charged_fen: 0, refund_fen: 0 },
    ],
    [
      { ...ended, paid_fen: 6000 },
      { state: 'refunding', charged_fen: 0, refund_fen: 6000 },
    ],
    [
      { ...ended, paid_fen: 6000, refund_asked_fen: 6000, refunded_fen: 6000 },
      { state: 'refunded', charged_fen: 0, refund_fen: 0 },
    ],
    [
      { ...ended, paid_fen: 6000, kept_fen: 1000 },
      { state: 'refunding', charged_fen: 1000, refund_fen: 5000 },
    ],
    // A dearer 费别: the rest is due, and the income is booked already.
    [
      { paid_fen: 6000, charged_fen: 6000, amount_fen: 8000 },
      { state: 'open', charged_fen: 8000, refund_fen: 0 },
    ],
  ];
  for (const [change, expected] of cases)
    assert.deepEqual(settlementOf({ ...base, ...change }), expected, JSON.stringify(change));
});

test('an order never promises back more than came in, nor keeps more than the visit costs', () => {
  const fen = fc.integer({ min: 0, max: 50_000 });
  fc.assert(
    fc.property(
      fc.record({ amount_fen: fen, paid_fen: fen, asked: fen, kept: fen, is_ended: fc.boolean() }),
      ({ amount_fen, paid_fen, asked, kept, is_ended }) => {
        const refund_asked_fen = Math.min(asked, paid_fen);
        const kept_fen = is_ended ? Math.min(kept, paid_fen - refund_asked_fen) : 0;
        const order = { ...base, ...(is_ended ? ended : {}), amount_fen, paid_fen, refund_asked_fen, kept_fen }; // prettier-ignore
        const should = settlementOf(order);
        const back = refund_asked_fen + should.refund_fen;
        assert.ok(back <= paid_fen);
        assert.ok(paid_fen - back <= (is_ended ? kept_fen : amount_fen));
        if (should.state === 'paid') assert.equal(paid_fen - back, amount_fen);
      },
    ),
  );
});

test('a refund is spread over what was paid, exactly', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 100 }),
      (payments, percent) => {
        const paid = payments.map((paid_fen, n) => ({ id: String(n), paid_fen, refund_asked_fen: 0 })); // prettier-ignore
        const wanted = Math.floor((payments.reduce((sum, fen) => sum + fen, 0) * percent) / 100);
        const parts = spreadRefund(paid, wanted);
        assert.equal(sumOf(parts), wanted);
        for (const part of parts)
          assert.ok(part.amount_fen <= (paid[Number(part.attempt_id)]?.paid_fen ?? 0));
      },
    ),
  );
  assert.throws(() => spreadRefund([{ id: 'a', paid_fen: 10, refund_asked_fen: 5 }], 6));
});

test('only a late cancellation under a price rule keeps anything; a stop or a lost number never', () => {
  const rule = { id: 'r', kept_percent: 30, minutes_before: 60 };
  const order = { ...base, paid_fen: 6000 };
  const at = (time: string) => new Date(`2026-11-26T${time}:00Z`);
  assert.equal(keptOf(order, { reason: 'cancelled', at: at('23:30') }, undefined), 0);
  assert.equal(keptOf(order, { reason: 'cancelled', at: at('22:59') }, rule), 0);
  assert.equal(keptOf(order, { reason: 'cancelled', at: at('23:00') }, rule), 1800);
  assert.equal(keptOf(order, { reason: 'no-show', at: at('23:30') }, rule), 1800);
  for (const reason of ['stopped', 'lost', 'lapsed', 'withdrawn'])
    assert.equal(keptOf(order, { reason, at: at('23:30') }, rule), 0);
});

test('the lines of a 费别 leave out what costs nothing', () => {
  const item = { id: 'i', name: '诊疗费', source: 'local' as const };
  const items = [
    { ...item, code: 'a', self_pay_fen: 500, insured_fen: 0 },
    { ...item, code: 'b', self_pay_fen: 700, insured_fen: 300 },
  ];
  assert.equal(sumOf(linesOf(items, 'self_pay')), 1200);
  assert.deepEqual(
    linesOf(items, 'insured').map((line) => line.code),
    ['b'],
  );
});

test('a comparison names 长款, 短款, 金额不符 and 多记录, and nothing of what agrees', () => {
  const line = (order_number: string, amount_fen: number, refund_number: string | null = null) => ({
    order_number,
    refund_number,
    amount_fen,
  });
  const found = compareLines(
    [line('same', 1), line('less', 2), line('ours', 3), line('same', -1, 'R1'), line('twice', 4)],
    [line('same', 1), line('less', 1), line('theirs', 9), line('same', -1, 'R1'), line('twice', 4), line('twice', 4)], // prettier-ignore
  );
  assert.deepEqual(
    found.map((one) => [one.kind, one.order_number, one.ours_fen, one.theirs_fen]),
    [
      ['amount', 'less', 2, 1],
      ['surplus', 'theirs', null, 9],
      ['repeated', 'twice', 4, 4],
      ['shortage', 'ours', 3, null],
    ],
  );
});

test('a silent channel is asked ever more seldom, but always again', () => {
  assert.deepEqual([0, 1, 5, 50].map(backOffMs), [2_000, 4_000, 64_000, 300_000]);
});
