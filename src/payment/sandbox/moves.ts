import type { Clock } from '../../platform/clock.ts';
import type { openBook, SandboxOrder, SandboxRefund } from './book.ts';
import type { SandboxControls } from './controls.ts';

type Channel = {
  clock: Clock;
  book: ReturnType<typeof openBook>;
  newPayer(): string;
  newTransaction(): string;
  tellPayment(order: SandboxOrder): Promise<void>;
  /** What the channel says of a refund that has ended; Alipay says nothing of a failed one. */
  tellRefund(order: SandboxOrder, refund: SandboxRefund): Promise<void>;
};

export type Moves = {
  take(order: SandboxOrder, paid_fen?: number): Promise<void>;
  settle(order: SandboxOrder, refund: SandboxRefund): Promise<void>;
  /** Whether refunds wait to be settled, and whether this one was told to end badly. */
  isHeld(): boolean;
  endsBadly(refund_number: string): boolean;
  controls: Pick<
    SandboxControls,
    'orders' | 'pay' | 'payLate' | 'holdRefunds' | 'settleRefunds' | 'failRefund'
  >;
};

/** How money moves at either channel, and who may tell it to. */
export function sandboxMoves(channel: Channel): Moves {
  const { clock, book } = channel;
  const endings = new Map<string, 'abnormal' | 'closed'>();
  let held = false;
  const isPayable = (order: SandboxOrder): boolean =>
    (order.state === 'open' || order.state === 'promised') &&
    clock.now().getTime() < order.expires_at;
  const take = async (order: SandboxOrder, paid_fen = order.amount_fen): Promise<void> => {
    order.payer ??= channel.newPayer();
    order.transaction_id ??= channel.newTransaction();
    Object.assign(order, { state: 'paid', paid_fen, paid_at: clock.now().getTime() });
    book.save();
    await channel.tellPayment(order);
  };
  const settle = async (order: SandboxOrder, refund: SandboxRefund): Promise<void> => {
    if (refund.state !== 'processing') return;
    const state = endings.get(refund.number) ?? endings.get('next') ?? 'refunded';
    if (!endings.delete(refund.number)) endings.delete('next');
    Object.assign(refund, { state, done_at: clock.now().getTime() });
    book.save();
    await channel.tellRefund(order, refund);
  };
  return {
    take,
    settle,
    isHeld: () => held,
    endsBadly: (number) => endings.has(number) || endings.has('next'),
    controls: {
      orders: () => [...book.orders.keys()],
      async pay(number, paid_fen) {
        const order = book.orders.get(number);
        if (!order || !isPayable(order)) return false;
        await take(order, paid_fen);
        return true;
      },
      async payLate(number) {
        const order = book.orders.get(number);
        if (order && order.state !== 'paid') await take(order);
      },
      holdRefunds() {
        held = true;
      },
      async settleRefunds() {
        held = false;
        for (const order of book.orders.values())
          for (const refund of order.refunds) await settle(order, refund);
      },
      failRefund(how, number = 'next') {
        endings.set(number, how);
      },
    },
  };
}
