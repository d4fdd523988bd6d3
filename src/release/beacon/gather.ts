import { hex, integer, object } from '../sealed-draw/shape.ts';
import { fetchJson, reasonOf } from './fetch-json.ts';
import type { Group } from './group-file.ts';
import { combine, verifyPartial, type Partial } from './shares.ts';

const partialShape = object({ index: integer(1), round: integer(1), signature: hex(48) });

export type Gathered = {
  /** The group's signature (96 hex characters); undefined when too few holders gave their part. */
  signature: string | undefined;
  /** Indexes of the holders whose part was good. */
  from: number[];
  /** A sentence about every holder that did not answer or answered wrongly. */
  faults: string[];
};

/**
 * Asks every key holder for its partial signature of a round, checks each against the holder's public
 * key, and combines the good ones. Waits for all of them, so that who failed is named; at most
 * `timeout_ms`. Never throws.
 */
export async function gatherRound(input: {
  group: Group;
  round: number;
  /** Addresses of the holders, in any order. */
  holders: readonly string[];
  network: typeof fetch;
  timeout_ms: number;
}): Promise<Gathered> {
  const { group, round } = input;
  const replies = await Promise.all(
    input.holders.map(async (url): Promise<Partial | string> => {
      try {
        const reply = await fetchJson(input.network, `${url}/partial/${round}`, input.timeout_ms);
        return checked(group, round, { url, reply });
      } catch (error) {
        return `The key holder at ${url} ${reasonOf(error)}.`;
      }
    }),
  );
  const partials = replies.filter((reply) => typeof reply !== 'string');
  return {
    signature: combine(group, round, partials),
    from: [...new Set(partials.map(({ index }) => index))].sort((a, b) => a - b),
    faults: replies.filter((reply) => typeof reply === 'string'),
  };
}

function checked(
  group: Group,
  round: number,
  from: { url: string; reply: unknown },
): Partial | string {
  const partial = partialShape(from.reply, 'its answer');
  const name = group.holders[partial.index - 1]?.name ?? 'unknown';
  const who = `The key holder at ${from.url} (number ${partial.index}, ${name})`;
  if (partial.round !== round) return `${who} answered for round ${partial.round}, not ${round}.`;
  if (!verifyPartial(group, round, partial))
    return `${who} gave a wrong signature of round ${round}; it was left out.`;
  return { index: partial.index, signature: partial.signature };
}
