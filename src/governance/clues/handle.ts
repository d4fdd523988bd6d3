import type { Tx } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { clueMoved, clueNeeds, clueUnknown } from './errors.ts';
import { mayMove, type ClueState, type Outcome, type Receiver } from './rules.ts';
import { openContact, openPhoto, openReply, openWords, sealReply } from './seals.ts';
import {
  moveClue,
  photoOf,
  selectClues,
  selectFigures,
  takeClue,
  type Figures,
  type ListedClue,
  type ReadClue,
} from './store.ts';
import type { ClueReader, CluesContext, ClueWords } from './types.ts';

const page_size = 50;

/** A page of clues without what people wrote, and the figures of all of them; two statements. */
export async function listClues(
  ctx: CluesContext,
  input: ClueReader & { state: ClueState | null; before: Date | null },
): Promise<{ clues: ListedClue[]; next: Date | null; figures: Figures }> {
  const [rows, figures] = await Promise.all([
    selectClues(ctx.db, { ...input, limit: page_size + 1 }),
    selectFigures(ctx.db, input),
  ]);
  const clues = rows.slice(0, page_size);
  const next = rows.length > page_size ? (clues.at(-1)?.received_at ?? null) : null;
  return { clues, next, figures };
}

type Handling = ClueReader & { clue_id: string; actor: string };

export type OpenClue = ListedClue & {
  /** Null when its time has passed. */
  words: ClueWords | null;
  contact: string | null;
  reply: string | null;
};

/** What a person wrote, for staff; every reading leaves an event. @throws Problem governance/clue-unknown. */
export async function readClue(ctx: CluesContext, input: Handling): Promise<OpenClue> {
  return ctx.db.tx(async (tx) => {
    const clue = await take(tx, input);
    await tellRead(tx, ctx, { ...input, version: clue.version, part: 'words' });
    return {
      ...clue,
      words: clue.sealed_words && openWords(ctx.fields, clue.sealed_words),
      contact: clue.sealed_contact && openContact(ctx.fields, clue.sealed_contact),
      reply: clue.sealed_reply && openReply(ctx.fields, clue.sealed_reply),
    };
  });
}

/** One photo of a clue; every look leaves an event. @throws Problem governance/clue-unknown. */
export async function readPhoto(
  ctx: CluesContext,
  input: Handling & { position: number },
): Promise<{ kind: string; bytes: Buffer }> {
  return ctx.db.tx(async (tx) => {
    const { version } = await take(tx, input);
    const photo = await photoOf(tx, input);
    if (!photo) throw new Problem(clueUnknown);
    await tellRead(tx, ctx, { ...input, version, part: `photo-${input.position}` });
    return { kind: photo.kind, bytes: openPhoto(ctx.fields, photo) };
  });
}

async function take(tx: Tx, input: Handling): Promise<ReadClue> {
  const clue = await takeClue(tx, input);
  if (!clue) throw new Problem(clueUnknown);
  return clue;
}

async function tellRead(
  tx: Tx,
  ctx: CluesContext,
  read: Handling & { version: number; part: string },
): Promise<void> {
  const { hospital_id, clue_id, version, actor, part } = read;
  await appendEvents(tx, ctx, [
    {
      name: 'governance.clue.read',
      ...{ hospital_id, subject: `clue:${clue_id}`, version, actor },
      payload: { clue_id, part },
    },
  ]);
}

export type Move = {
  state: ClueState;
  handed_to: Receiver | null;
  outcome: Outcome | null;
  /** What the reporter reads; null leaves what stands. */
  reply: string | null;
};

/**
 * Moves a clue on and tells the reporter.
 * @throws Problem governance/clue-unknown, -moved for a step back, -needs without receiver or outcome.
 */
export async function handleClue(ctx: CluesContext, input: Handling & Move): Promise<void> {
  const { clue_id, hospital_id, actor, state, outcome, reply } = input;
  const isClosing = state === 'closed';
  if (isClosing !== (outcome !== null)) throw new Problem(clueNeeds);
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const clue = await take(tx, input);
    if (!mayMove(clue.state, state)) throw new Problem(clueMoved);
    const handed_to = input.handed_to ?? clue.handed_to;
    if (state === 'handed_over' && handed_to === null) throw new Problem(clueNeeds);
    const sealed_reply = reply === null ? null : sealReply(ctx.fields, reply);
    await moveClue(tx, { clue_id, state, handed_to, outcome, sealed_reply, at });
    await appendEvents(tx, ctx, [
      {
        name: 'governance.clue.moved',
        ...{ hospital_id, subject: `clue:${clue_id}`, version: clue.version, actor },
        payload: { clue_id, state, handed_to, outcome },
      },
    ]);
  });
}
