import { appendEvents } from '../platform/outbox.ts';
import { edgeRoot, parseCheckpoint, parseNote, toHex } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { logVkey } from './log-key.ts';
import {
  append,
  assertOwnKey,
  currentEdge,
  newOrigin,
  sign,
  type SequencerContext,
} from './sequence.ts';
import { readCheckpoint, readHead } from './store-checkpoint.ts';
import { addRenewal, isKnownOrigin, moveHead, readEvent, renameLog } from './store-renewal.ts';
import { lockSequencer, readLogState } from './store.ts';

export type Renewed = {
  old_origin: string;
  /** Leaves under the old origin's last checkpoint here. */
  old_size: number;
  origin: string;
  vkey: string;
  /** The new origin's first checkpoint, with which a person starts each witness. */
  checkpoint: string;
};

/**
 * Continues a log that lost its newest entries, e.g. by a restoration from a backup, under a new
 * origin. The old origin would be a fork: its witnesses have seen entries that are gone. The new
 * one's first checkpoint is exactly the old one's last here, and the next leaf tells of it. Draws whose
 * manifest names the old origin can no longer be proven and are burnt.
 * @throws Error before the log's first start, with another root secret, or for an origin used before.
 */
export async function renewLog(
  ctx: SequencerContext,
  input: { origin?: string; actor: string },
): Promise<Renewed> {
  return ctx.db.tx(async (tx) => {
    await lockSequencer(tx, true);
    const state = await readLogState(tx);
    const old = await readCheckpoint(tx);
    if (!state || !old) throw new Error('The log in this database has not begun.');
    assertOwnKey(ctx, state);
    const origin = input.origin ?? newOrigin(ctx);
    if (await isKnownOrigin(tx, origin))
      throw new Error(`The log has signed as ${origin} before: choose another name.`);
    const vkey = logVkey(ctx.secrets, origin);
    const { size, root } = parseCheckpoint(parseNote(old.note).text);
    await renameLog(tx, { origin, vkey });
    await sign(tx, ctx, { origin, size, root });
    const subject = `log:${origin}`;
    const [event_id = ''] = await appendEvents(tx, ctx, [
      {
        name: 'evidence.log.renewed',
        hospital_id: null,
        subject,
        version: 1,
        actor: input.actor,
        payload: { old_origin: state.origin, old_size: size, old_root: toHex(root) },
      },
    ]);
    await addRenewal(tx, {
      ...{ old_origin: state.origin, old_vkey: state.vkey, old_size: size },
      ...{ old_checkpoint: old.note, new_origin: origin, new_vkey: vkey },
      ...{ event_id, at: ctx.clock.now() },
    });
    // Straight behind the last leaf; the sequencer later finds that the log has it already.
    const edge = await currentEdge(tx, state, { edge: undefined });
    const event = await readEvent(tx, event_id);
    const next = await append(tx, ctx, edge, {
      appended: [event],
      versions: new Map([[subject, 1]]),
    });
    await moveHead(tx, { size: next.size, root: edgeRoot(next, nodeHasher) });
    const checkpoint = (await readHead(tx))?.note ?? '';
    return { old_origin: state.origin, old_size: size, origin, vkey, checkpoint };
  });
}
