import type { Clock } from '../platform/clock.ts';
import { systemRandom, type Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { createDoor, type Door } from './door.ts';
import { createLimits, type Limits } from './limits.ts';
import { createUsedOnce, type UsedOnce } from './request-key-replays.ts';
import { createRiskMemory, type RiskSource } from './risk-signals.ts';

/** What the guards of one process remember, and which of them stand. */
export type Guard = {
  /** A control test switches one off and shows that its attack then succeeds. */
  on: { limits: boolean; door: boolean; signatures: boolean; steps: boolean; challenges: boolean };
  limits: Limits;
  door: Door;
  nonces: UsedOnce;
  steps: UsedOnce;
  proofs: UsedOnce;
  risk: RiskSource;
  /** Village doctors and the like book for many people openly: their devices are no signal. */
  delegates: Delegates;
  /** Tokens need no repeatable chance, and must not use up what a replay draws its ids from. */
  random: Random;
};

export type GuardContext = { clock: Clock; secrets: Secrets; guard: Guard };

const minute_ms = 60_000;

type Delegates = { has(account_id: string): boolean; refresh(): Promise<void> };

const nobody: Delegates = { has: () => false, refresh: () => Promise.resolve() };

export function createGuard(
  ctx: { clock: Clock; secrets: Secrets },
  delegates: Delegates = nobody,
): Guard {
  return {
    on: { limits: true, door: true, signatures: true, steps: true, challenges: true },
    limits: createLimits(ctx.secrets),
    door: createDoor(),
    // A signature is believed for five minutes before and after the server's time.
    nonces: createUsedOnce({ keep_ms: 10 * minute_ms, slots: 2 ** 19 }),
    steps: createUsedOnce({ keep_ms: 15 * minute_ms, slots: 2 ** 17 }),
    proofs: createUsedOnce({ keep_ms: 60 * minute_ms, slots: 2 ** 17 }),
    risk: createRiskMemory(ctx),
    delegates,
    random: systemRandom,
  };
}
