import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { installationMac } from '../platform/mac.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { makeWork, readWork, type Challenge } from './altcha.ts';
import type { UsedOnce } from './request-key-replays.ts';
import { decideLane } from './lane.ts';
import type { RiskSignals } from './risk-signals.ts';

/** The hold a challenge or its alternative is good for. */
export type HoldFor = { account_id: string; session_id: string; patient_id: string };

const challenge_minutes = 60;
const proof_minutes = 10;

type ProofContext = { clock: Clock; secrets: Secrets };

function expiry(ctx: { clock: Clock }, minutes: number): number {
  return ctx.clock.now().getTime() + minutes * 60_000;
}

/** A proof of work for one hold, good for an hour, so that it can be done before the rush. */
export function makeChallenge(
  ctx: ProofContext & { random: Random },
  hold: HoldFor,
): Promise<Challenge> {
  // The product's own clock decides; the library would ask the machine's.
  return makeWork(ctx, { ...hold, until: expiry(ctx, challenge_minutes) });
}

/** The proof a person has instead who answered a code by message or call; nothing is stored. */
export function issueProof(ctx: ProofContext, hold: HoldFor): string {
  const until = String(expiry(ctx, proof_minutes));
  return `code.${until}.${proofMac(ctx.secrets, until, hold).toString('base64url')}`;
}

function proofMac(secrets: Secrets, until: string, hold: HoldFor): Buffer {
  return installationMac(
    secrets,
    'challenge proofs',
  )([until, hold.account_id, hold.session_id, hold.patient_id].join('\n'));
}

export type ProofVerdict = 'good' | 'missing' | 'wrong' | 'used';

/**
 * Whether `text` answers a challenge of this hold: solved work or the proof of a code, each once; a
 * retry under the same idempotency key (`mark`) may bring it again.
 */
export async function verifyProof(
  ctx: ProofContext & { proofs: UsedOnce },
  input: { text: string; hold: HoldFor; mark: number },
): Promise<ProofVerdict> {
  const { text, hold, mark } = input;
  if (text === '') return 'missing';
  const proof = text.startsWith('code.') ? readCodeProof(ctx, text, hold) : await readAnswer(ctx, text, hold); // prettier-ignore
  if (!proof) return 'wrong';
  const now = ctx.clock.now().getTime();
  if (proof.until <= now) return 'wrong';
  return ctx.proofs.use(proof.mac, mark, now) === 'replayed' ? 'used' : 'good';
}

type Proof = { until: number; mac: Uint8Array };

function readCodeProof(ctx: ProofContext, text: string, hold: HoldFor): Proof | undefined {
  const [, until = '', signature = ''] = text.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = proofMac(ctx.secrets, until, hold);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return { until: Number(until), mac: expected };
}

async function readAnswer(
  ctx: ProofContext,
  text: string,
  hold: HoldFor,
): Promise<Proof | undefined> {
  const answer = await readWork(ctx, text);
  if (!answer) return undefined;
  const { account_id, session_id, patient_id, until } = answer.data;
  const fits =
    account_id === hold.account_id &&
    session_id === hold.session_id &&
    patient_id === hold.patient_id;
  return fits ? { until: Number(until), mac: answer.signature } : undefined;
}

/**
 * Whether a hold needs a challenge: its network is crowded, or its lane is the slow one. Whoever uses
 * the version for the elderly is asked nothing.
 */
export function needsChallenge(input: {
  crowded: boolean;
  elder_mode: boolean;
  signals: RiskSignals;
}): boolean {
  if (input.elder_mode) return false;
  return input.crowded || decideLane(input.signals).lane === 'slow';
}
