import { readFileSync, writeFileSync } from 'node:fs';

export type SandboxRefund = {
  number: string;
  id: string;
  amount_fen: number;
  state: 'processing' | 'refunded' | 'closed' | 'abnormal';
  asked_at: number;
  done_at: number | null;
};

export type SandboxOrder = {
  number: string;
  /** What the code leads to; it says nothing of the order. */
  token: string;
  amount_fen: number;
  description: string;
  notify_url: string;
  return_url: string | null;
  expires_at: number;
  /** `promised`: a code was given out, but the channel knows no order before somebody opens it. */
  state: 'promised' | 'open' | 'paid' | 'closed';
  transaction_id: string | null;
  paid_fen: number | null;
  paid_at: number | null;
  payer: string | null;
  refunds: SandboxRefund[];
};

type Saved = { port: number; keys: unknown; orders: SandboxOrder[] };

/**
 * What a sandbox channel knows: orders and refunds in memory and, when a file is named, in it too, so
 * that a restarted demo can still give back what was paid before.
 */
export function openBook<Keys>(file: string | undefined) {
  const saved = read(file);
  const orders = new Map((saved?.orders ?? []).map((order) => [order.number, order]));
  let port = saved?.port ?? 0;
  let keys = saved?.keys as Keys | undefined;
  const save = (): void => {
    if (file === undefined) return;
    writeFileSync(file, JSON.stringify({ port, keys, orders: [...orders.values()] }), {
      mode: 0o600,
    });
  };
  return {
    orders,
    save,
    saved: { port, keys },
    begin(with_keys: Keys, on_port: number): void {
      keys = with_keys;
      port = on_port;
      save();
    },
    byToken: (token: string): SandboxOrder | undefined =>
      [...orders.values()].find((order) => order.token === token),
    refund(number: string): { order: SandboxOrder; refund: SandboxRefund } | undefined {
      for (const order of orders.values()) {
        const refund = order.refunds.find((one) => one.number === number);
        if (refund) return { order, refund };
      }
      return undefined;
    },
  };
}

function read(file: string | undefined): Saved | undefined {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch {
    return undefined;
  }
}

/** What has been asked back so far, less what ended without money. */
export function givenBack(order: SandboxOrder): number {
  return order.refunds
    .filter((one) => one.state === 'processing' || one.state === 'refunded')
    .reduce((sum, one) => sum + one.amount_fen, 0);
}
