/**
 * What was used once, for as long as a second use could still be believed: 64 bits a thing and a
 * mark, in two tables of a fixed size of which the older is emptied in turn. A table that is full
 * is turned early: what is forgotten then is caught by the idempotency key in the database.
 */
export type UsedOnce = {
  /**
   * Notes a use. `proof` is a MAC, so its bits are spread evenly and nobody can choose them.
   * @returns `fresh` for the first use, `same` for a repeat with the same mark, else `replayed`.
   */
  use(proof: Uint8Array, mark: number, now_ms: number): 'fresh' | 'same' | 'replayed';
  bytes(): number;
};

type Table = { cells: Uint32Array; count: number; since: number };

const fields = 3;

/** @param input.slots things remembered by each table, a power of two. */
export function createUsedOnce(input: { keep_ms: number; slots: number }): UsedOnce {
  const { keep_ms, slots } = input;
  if (!Number.isInteger(Math.log2(slots))) throw new RangeError('slots must be a power of two');
  const table = (): Table => ({ cells: new Uint32Array(slots * fields), count: 0, since: 0 });
  let young = table();
  let old = table();

  /** The index of the thing's cell in a table, or of the empty cell where it would stand. */
  const find = (cells: Uint32Array, a: number, b: number): number => {
    for (let at = a & (slots - 1); ; at = (at + 1) & (slots - 1)) {
      const cell = at * fields;
      const held = cells[cell];
      if ((held === a && cells[cell + 1] === b) || (held === 0 && cells[cell + 1] === 0))
        return cell;
    }
  };
  const turn = (now_ms: number): void => {
    const emptied = old;
    emptied.cells.fill(0);
    emptied.count = 0;
    emptied.since = now_ms;
    old = young;
    young = emptied;
  };

  return {
    use(proof, mark, now_ms) {
      if (now_ms - young.since >= keep_ms || young.count > slots * 0.7) turn(now_ms);
      const a = ((proof[0] ?? 0) << 24) | ((proof[1] ?? 0) << 16) | ((proof[2] ?? 0) << 8) | (proof[3] ?? 0); // prettier-ignore
      const b = ((proof[4] ?? 0) << 24) | ((proof[5] ?? 0) << 16) | ((proof[6] ?? 0) << 8) | (proof[7] ?? 0) | 1; // prettier-ignore
      const [high, low, sign] = [a >>> 0, b >>> 0, mark >>> 0];
      const before = find(old.cells, high, low);
      const known = old.cells[before + 1] !== 0;
      const here = known ? before : find(young.cells, high, low);
      const cells = known ? old.cells : young.cells;
      if (cells[here + 1] !== 0) return cells[here + 2] === sign ? 'same' : 'replayed';
      cells[here] = high;
      cells[here + 1] = low;
      cells[here + 2] = sign;
      young.count++;
      return 'fresh';
    },
    bytes: () => young.cells.byteLength + old.cells.byteLength,
  };
}
