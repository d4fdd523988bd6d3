import { databaseError } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import {
  photosFull,
  photoTooLarge,
  photoUnreadable,
  reportClosed,
  reportUnknown,
} from './errors.ts';
import type { CleanPhoto } from './clean-photo.ts';
import { cleanPhoto } from './photo.ts';
import { reporter } from './report.ts';
import { isCode, openReply, photoMac, sealPhoto } from './seals.ts';
import { clueByReceipt, dropContact, insertPhoto, type OwnClue } from './store.ts';
import type { ClueProgress, CluesContext } from './types.ts';

type Shown = { receipt: string; code: string };

/** @throws Problem governance/report-unknown, the same for a wrong number and a wrong code. */
async function ownClue(ctx: CluesContext, { receipt, code }: Shown): Promise<OwnClue> {
  const clue = await clueByReceipt(ctx.db, receipt);
  if (!clue || !isCode(ctx.secrets, code, clue.code_mac)) throw new Problem(reportUnknown);
  return clue;
}

export type ReportProgress = ClueProgress & {
  category: string;
  photos: number;
  reply: string | null;
  has_contact: boolean;
};

/** What became of a report, for whoever has its receipt and code. @throws Problem governance/report-unknown. */
export async function followReport(ctx: CluesContext, shown: Shown): Promise<ReportProgress> {
  const clue = await ownClue(ctx, shown);
  const reply = clue.sealed_reply && openReply(ctx.fields, clue.sealed_reply);
  return { ...clue, reply };
}

/** Deletes the reporter's contact at once. @throws Problem governance/report-unknown. */
export async function forgetContact(ctx: CluesContext, shown: Shown): Promise<void> {
  const { id, hospital_id } = await ownClue(ctx, shown);
  await ctx.db.tx(async (tx) => {
    const version = await dropContact(tx, id);
    if (version === undefined) return;
    await appendEvents(tx, ctx, [
      {
        name: 'governance.clue.contact-forgotten',
        ...{ hospital_id, subject: `clue:${id}`, version, actor: reporter },
        payload: { clue_id: id },
      },
    ]);
  });
}

/**
 * Adds a photo to a report, cleaned of what cameras write into it; the same picture again changes nothing.
 * @returns how many photos the report has.
 * @throws Problem governance/photo-unreadable, -too-large, photos-full, report-closed, report-unknown.
 */
export async function addPhoto(
  ctx: CluesContext,
  shown: Shown & { bytes: Buffer },
): Promise<number> {
  const { id: clue_id, hospital_id } = await ownClue(ctx, shown);
  const photo = readable(shown.bytes);
  const id = newId(ctx);
  const row = {
    ...{ id, clue_id, kind: photo.kind, width: photo.width, height: photo.height },
    bytes: photo.bytes.length,
    photo_mac: photoMac(ctx.secrets, photo.bytes),
    ...sealPhoto(ctx.fields, id, photo.bytes),
  };
  try {
    return await ctx.db.tx(async (tx) => {
      const added = await insertPhoto(tx, row);
      if (!added) throw new Problem(reportClosed);
      if (added.version !== undefined)
        await appendEvents(tx, ctx, [
          {
            name: 'governance.clue.photo-added',
            ...{ hospital_id, subject: `clue:${clue_id}`, version: added.version, actor: reporter },
            payload: { clue_id, photos: added.photos },
          },
        ]);
      return added.photos;
    });
  } catch (error) {
    if (databaseError(error)?.constraint === 'clue_photos_max') throw new Problem(photosFull);
    throw error;
  }
}

function readable(bytes: Buffer): CleanPhoto {
  const photo = cleanPhoto(bytes);
  if (photo === 'too-many-pixels') throw new Problem(photoTooLarge);
  if (typeof photo === 'string') throw new Problem(photoUnreadable);
  return photo;
}
