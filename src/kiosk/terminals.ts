import { shanghaiDate, shanghaiInstant, type Clock } from '../platform/clock.ts';
import { databaseError, type Db, type Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { installationMac } from '../platform/mac.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { nameTaken, pairingWrong, terminalNotFound } from './errors.ts';
import { bareCode, hashOf, pairing_minutes, pairingCode } from './rules.ts';
import {
  endTurn,
  insertTerminal,
  selectTerminals,
  setPairing,
  setRevoked,
  setToken,
  type ListedTerminal,
} from './store.ts';
import type { Terminal } from './types.ts';

type Context = { db: Db; clock: Clock; random: Random; secrets: Secrets };
type ByStaff = { hospital_id: string; actor: string };

/** What the administrator carries to the machine; neither is ever shown again. */
export type Pairing = {
  terminal_id: string;
  /** Twelve digits, good once and for half an hour. */
  pairing_code: string;
  pairing_until: Date;
  /** Hex; for the program that reads cards on that machine. */
  reader_key: string;
};

/** The key with which a terminal's card reader signs; another one after every pairing. */
export function readerKey(
  ctx: { secrets: Secrets },
  terminal: { terminal_id: string; generation: number },
): string {
  const mac = installationMac(ctx.secrets, 'kiosk-reader');
  return mac(`${terminal.terminal_id}:${terminal.generation}`).toString('hex');
}

/** Makes a terminal at a place of the hospital. @throws Problem kiosk/name-taken. */
export async function createTerminal(
  ctx: Context,
  input: ByStaff & { name: string; place: string },
): Promise<Pairing> {
  const terminal_id = newId(ctx);
  const code = freshCode(ctx);
  try {
    await ctx.db.tx(async (tx) => {
      const at = ctx.clock.now();
      await insertTerminal(tx, { ...input, ...code.stored, id: terminal_id, at });
      await tell(tx, ctx, 'kiosk.terminal.created', { ...input, terminal_id, version: 1 });
    });
  } catch (error) {
    if (databaseError(error)?.constraint === 'terminal_name') throw new Problem(nameTaken);
    throw error;
  }
  return pairingOf(ctx, { terminal_id, generation: 1 }, code);
}

/** A new code for a terminal that was moved, reset or revoked; its old token is dead at once. */
export async function pairAgain(
  ctx: Context,
  input: ByStaff & { terminal_id: string },
): Promise<Pairing> {
  const { terminal_id, hospital_id } = input;
  const code = freshCode(ctx);
  const generation = await ctx.db.tx(async (tx) => {
    const set = await setPairing(tx, { ...code.stored, id: terminal_id, hospital_id });
    if (!set) throw new Problem(terminalNotFound);
    await endTurn(tx, { terminal_id, by: 'revoked', at: ctx.clock.now() });
    await tell(tx, ctx, 'kiosk.terminal.reset', { ...input, version: set.version });
    return set.generation;
  });
  return pairingOf(ctx, { terminal_id, generation }, code);
}

/** Switches a terminal off; the next request it makes is refused, whoever stands there. */
export async function revokeTerminal(
  ctx: Context,
  input: ByStaff & { terminal_id: string },
): Promise<void> {
  const { terminal_id, hospital_id, actor } = input;
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const revoked = await setRevoked(tx, { id: terminal_id, hospital_id, actor, at });
    if (!revoked) throw new Problem(terminalNotFound);
    await endTurn(tx, { terminal_id, by: 'revoked', at });
    await tell(tx, ctx, 'kiosk.terminal.revoked', { ...input, version: revoked.version });
  });
}

/** The machine brings its code and gets the token it is known by. @throws Problem kiosk/pairing-wrong. */
export async function pairTerminal(
  ctx: Context,
  input: { pairing_code: string },
): Promise<{ terminal: Terminal; token: string }> {
  const token = Buffer.from(ctx.random.bytes(32)).toString('base64url');
  const at = ctx.clock.now();
  const pairing_hash = hashOf(bareCode(input.pairing_code));
  return ctx.db.tx(async (tx) => {
    const paired = await setToken(tx, { pairing_hash, token_hash: hashOf(token), at });
    if (!paired) throw new Problem(pairingWrong);
    const { version, ...terminal } = paired;
    const actor = `terminal:${terminal.terminal_id}`;
    await tell(tx, ctx, 'kiosk.terminal.paired', { ...terminal, actor, version });
    return { terminal, token };
  });
}

/** The terminals of a hospital with today's people, refused tries and bookings. */
export function listTerminals(
  ctx: { db: Db; clock: Clock },
  hospital_id: string,
): Promise<ListedTerminal[]> {
  const since = shanghaiInstant(shanghaiDate(ctx.clock.now()), '00:00');
  return selectTerminals(ctx.db, { hospital_id, since });
}

type Code = { code: string; stored: { pairing_hash: Buffer; pairing_until: Date } };

function freshCode(ctx: { clock: Clock; random: Random }): Code {
  const code = pairingCode(ctx.random.bytes(16));
  const pairing_until = new Date(ctx.clock.now().getTime() + pairing_minutes * 60_000);
  return { code, stored: { pairing_hash: hashOf(code), pairing_until } };
}

function pairingOf(
  ctx: { secrets: Secrets },
  terminal: { terminal_id: string; generation: number },
  code: Code,
): Pairing {
  return {
    terminal_id: terminal.terminal_id,
    pairing_code: code.code.replace(/(\d{4})(?=\d)/g, '$1 '),
    pairing_until: code.stored.pairing_until,
    reader_key: readerKey(ctx, terminal),
  };
}

type TerminalEvent =
  | 'kiosk.terminal.created'
  | 'kiosk.terminal.reset'
  | 'kiosk.terminal.revoked'
  | 'kiosk.terminal.paired';

async function tell(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  name: TerminalEvent,
  about: { terminal_id: string; hospital_id: string; actor: string; version: number },
): Promise<void> {
  const { terminal_id, hospital_id, actor, version } = about;
  await appendEvents(tx, ctx, [
    {
      name,
      hospital_id,
      subject: `terminal:${terminal_id}`,
      version,
      person_id: null,
      actor,
      payload: { terminal_id },
    },
  ]);
}
