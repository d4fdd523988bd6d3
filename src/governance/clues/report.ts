import { databaseError } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { getHospital } from '../../schedule/index.ts';
import { codeMac, sealContact, sealWords, wordsMac } from './seals.ts';
import { insertClue, type NewClue } from './store.ts';
import type { ClueFacts, CluesContext, ClueWords } from './types.ts';

export type Report = ClueFacts & {
  hospital_id: string;
  /** Made by the reporter's browser; whoever has it with the receipt reads what became of the report. */
  code: string;
  words: ClueWords;
  contact: string | null;
};

/** Who reported is written nowhere, signed in or not. */
export const reporter = 'anonymous';

const tries_max = 5;

/**
 * Takes a report. The same code again is the same report, so a repeat after a lost answer makes none.
 * @throws Problem schedule/hospital-unknown.
 */
export async function takeReport(
  ctx: CluesContext,
  report: Report,
): Promise<{ receipt: string; received_at: Date }> {
  await getHospital(ctx, report);
  for (let tried = 1; ; tried++)
    try {
      return await storeReport(ctx, report);
    } catch (error) {
      // Receipts are drawn by chance: two may meet.
      const met = databaseError(error)?.constraint === 'clue_receipt';
      if (!met || tried === tries_max) throw error;
    }
}

async function storeReport(
  ctx: CluesContext,
  report: Report,
): Promise<{ receipt: string; received_at: Date }> {
  const { code, words, contact, ...facts } = report;
  const clue: NewClue = {
    ...facts,
    id: newId(ctx),
    receipt: `JB${String(ctx.random.below(100_000_000)).padStart(8, '0')}`,
    code_mac: codeMac(ctx.secrets, code),
    sealed_words: sealWords(ctx.fields, words),
    words_mac: wordsMac(ctx.secrets, words),
    sealed_contact: contact === null ? null : sealContact(ctx.fields, contact),
    at: ctx.clock.now(),
  };
  return ctx.db.tx(async (tx) => {
    const { receipt, received_at, is_new } = await insertClue(tx, clue);
    if (is_new)
      await appendEvents(tx, ctx, [
        {
          name: 'governance.clue.received',
          hospital_id: clue.hospital_id,
          subject: `clue:${clue.id}`,
          version: 1,
          actor: reporter,
          payload: { clue_id: clue.id, category: clue.category, place_kind: clue.place_kind },
        },
      ]);
    return { receipt, received_at };
  });
}
