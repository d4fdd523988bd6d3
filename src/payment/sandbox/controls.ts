import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { Deliver, Faults } from './calls.ts';

export type SandboxContext = { clock: Clock; random: Random; network: typeof fetch };

export type SandboxOptions = {
  /** Keys and orders are kept here over restarts. */
  file?: string;
  /** How callbacks travel; over HTTP when left out. */
  deliver?: Deliver;
};

/** What both sandboxes can be told to do; each answers like its channel does. */
export type SandboxControls = Faults & {
  /** The payer pays what the order says, or something else. False when the channel refuses. */
  pay(order_number: string, paid_fen?: number): Promise<boolean>;
  /** The payment that was already under way when the order was closed. */
  payLate(order_number: string): Promise<void>;
  /** Refunds stay under way until settled. */
  holdRefunds(): void;
  /** Ends every refund under way: well, or as told before. */
  settleRefunds(): Promise<void>;
  /** How a refund, or the next one, ends instead of well. */
  failRefund(how: 'abnormal' | 'closed', refund_number?: string): void;
  /** The numbers of all orders, the latest last. */
  orders(): string[];
  stop(): Promise<void>;
};
