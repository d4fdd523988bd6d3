import {
  findPatientByDocument,
  findPatientsByPhone,
  maskedPatients,
  registerPatient,
  type MaskedPatient,
} from '../identity/index.ts';
import { databaseError } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { textMac } from '../platform/mac.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { cardInvalid, nameNeeded, phoneTries, phoneWrong, tooMany } from './errors.ts';
import { isTooBusy, proof_tries_max, readCard, window_minutes, type Card } from './rules.ts';
import {
  countTurns,
  endTurn,
  insertRefused,
  insertTurn,
  lockTerminal,
  noteAlert,
  noteProof,
} from './store.ts';
import { readerKey } from './terminals.ts';
import {
  actorOfTerminal,
  type AtTerminal,
  type How,
  type KioskContext,
  type Terminal,
} from './types.ts';

/** What a person brings to a terminal: a reading of their card, or what they typed. */
export type Shown =
  { card: string } | { document_number: string; document_type?: string; name?: string };

export type Begun = { turn_id: string; how: How; proved: boolean; patient: MaskedPatient };

/**
 * Begins a person's turn at a terminal; whoever stood there before is signed out. A card read by the
 * terminal's own reader proves the person; a typed number only finds them, because others know it too.
 * @throws Problem kiosk/too-many, card-invalid, name-needed, and as identity's registerPatient.
 */
export async function beginTurn(
  ctx: KioskContext,
  input: { terminal: Terminal; shown: Shown },
): Promise<Begun> {
  const { terminal, shown } = input;
  await assertCalm(ctx, terminal);
  const how: How = 'card' in shown ? 'reader' : 'typed';
  const { terminal_id, hospital_id } = terminal;
  try {
    const card = 'card' in shown ? cardOf(ctx, terminal, shown.card) : null;
    const patient = await personOf(
      ctx,
      terminal,
      card ?? (shown as Exclude<Shown, { card: string }>),
    );
    const turn_id = newId(ctx);
    await openTurn(ctx, terminal, { turn_id, patient, how, card });
    return { turn_id, how, proved: how === 'reader', patient };
  } catch (error) {
    if (error instanceof Problem && error.kind.status < 500)
      await insertRefused(ctx.db, {
        ...{ id: newId(ctx), terminal_id, hospital_id, how, at: ctx.clock.now() },
      });
    throw error;
  }
}

/** Limits of the machine, not of the person: whoever is refused here is served at the window. */
async function assertCalm(ctx: KioskContext, terminal: Terminal): Promise<void> {
  const at = ctx.clock.now();
  const since = new Date(at.getTime() - window_minutes * 60_000);
  const { terminal_id, hospital_id } = terminal;
  const counts = await countTurns(ctx.db, { terminal_id, since });
  if (!isTooBusy(counts)) return;
  await ctx.db.tx(async (tx) => {
    const noted = await noteAlert(tx, { terminal_id, at, since });
    if (!noted) return;
    await appendEvents(tx, ctx, [
      {
        name: 'kiosk.terminal.alerted',
        hospital_id,
        subject: `terminal:${terminal_id}`,
        version: noted.version,
        actor: actorOfTerminal(terminal),
        payload: { terminal_id, ...counts },
      },
    ]);
  });
  throw new Problem(tooMany, {}, { retryAfterSeconds: 120 });
}

function cardOf(ctx: KioskContext, terminal: Terminal, line: string): Card {
  const mac = textMac(Buffer.from(readerKey(ctx, terminal), 'hex'));
  const card = readCard(line, mac, ctx.clock.now());
  if (!card) throw new Problem(cardInvalid);
  return card;
}

async function personOf(
  ctx: KioskContext,
  terminal: Terminal,
  shown: Card | Exclude<Shown, { card: string }>,
): Promise<MaskedPatient> {
  const isCard = 'number' in shown;
  const document_type = isCard ? 'resident_id' : (shown.document_type ?? 'resident_id');
  const document_number = isCard ? shown.number : shown.document_number;
  const known = await findPatientByDocument(ctx, document_type, document_number);
  if (known) return known;
  if (!shown.name) throw new Problem(nameNeeded);
  const { patient_id } = await registerPatient(ctx, {
    name: shown.name,
    document_type,
    document_number,
    how: 'provider',
    actor: actorOfTerminal(terminal),
    hospital_id: terminal.hospital_id,
  });
  const patient = (await maskedPatients(ctx, [patient_id])).get(patient_id);
  if (!patient) throw new Error('a person just registered is there');
  return patient;
}

async function openTurn(
  ctx: KioskContext,
  terminal: Terminal,
  about: { turn_id: string; patient: MaskedPatient; how: How; card: Card | null },
): Promise<void> {
  const at = ctx.clock.now();
  const { terminal_id, hospital_id } = terminal;
  const { turn_id, how, card } = about;
  const { patient_id } = about.patient;
  try {
    await ctx.db.tx(async (tx) => {
      await lockTerminal(tx, terminal_id);
      await endTurn(tx, { terminal_id, by: 'next', at });
      const turn = { id: turn_id, terminal_id, hospital_id, patient_id, how, at };
      const card_nonce = card?.nonce ?? null;
      await insertTurn(tx, { ...turn, proved: how === 'reader', card_nonce });
      await appendEvents(tx, ctx, [
        {
          name: 'kiosk.turn.began',
          hospital_id,
          subject: `kiosk-turn:${turn_id}`,
          version: 1,
          person_id: patient_id,
          actor: actorOfTerminal(terminal),
          payload: { turn_id, terminal_id, patient_id, how },
        },
      ]);
    });
  } catch (error) {
    // The same reading again is nobody's card.
    if (databaseError(error)?.constraint === 'turn_card_once') throw new Problem(cardInvalid);
    throw error;
  }
}

/** The person leaves, or did not answer: nothing of theirs stays. */
export async function leave(
  ctx: KioskContext,
  input: { terminal: Terminal; by: 'left' | 'idle' },
): Promise<void> {
  const { terminal_id } = input.terminal;
  await endTurn(ctx.db, { terminal_id, by: input.by, at: ctx.clock.now() });
}

/**
 * Proves a typed number by the whole phone that is on record for the person, or of an account that
 * acts for them. Three tries a turn. @throws Problem kiosk/phone-wrong, phone-tries, identity/phone-invalid.
 */
export async function provePhone(
  ctx: KioskContext,
  input: AtTerminal & { phone: string },
): Promise<{ proved: true }> {
  const { turn, phone } = input;
  if (turn.proved) return { proved: true };
  if (turn.proof_tries >= proof_tries_max) throw new Problem(phoneTries);
  const people = await findPatientsByPhone(ctx, phone);
  const proved = people.some((one) => one.patient_id === turn.patient_id);
  await noteProof(ctx.db, { turn_id: turn.turn_id, proved });
  if (!proved) throw new Problem(turn.proof_tries + 1 >= proof_tries_max ? phoneTries : phoneWrong);
  return { proved: true };
}
