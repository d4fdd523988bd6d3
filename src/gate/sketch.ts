/**
 * Who drew an early place, in a fixed 256 KiB however many people draw: a Bloom filter over the
 * patients' HMACs. It counts distinct patients, so asking again changes nothing, and it knows after
 * opening who drew before, so an early place survives a browser that forgot its ticket. Five bits of
 * two million a patient: of a hundred thousand early patients' strangers, fewer than one in 2,000 is
 * taken for one of them.
 */
const bits_total = 2 ** 21;
const hashes = 5;
export const page_bytes = 8192;
export const pages = bits_total / 8 / page_bytes;

export type Sketch = {
  add(mac: Buffer): void;
  has(mac: Buffer): boolean;
  /** Distinct patients, within about a percent up to half a million. */
  count(): number;
  /** Takes over what another server or an earlier run knew. */
  merge(page: number, bits: Uint8Array): void;
  /** Pages changed since the last call. */
  takeChanged(): { page: number }[];
  /** Copies of pages. */
  read(pages: readonly number[]): { page: number; bits: Uint8Array }[];
  /** Marks pages as changed again after they could not be stored. */
  putBack(changed: readonly { page: number }[]): void;
};

export function createSketch(): Sketch {
  const bits = new Uint8Array(bits_total / 8);
  const changed = new Set<number>();
  let ones = 0;
  // The first eight bytes are the public value; the positions come from the others.
  const position = (mac: Buffer, n: number): number => mac.readUInt32BE(8 + 4 * n) % bits_total;
  const isSet = (at: number): boolean => ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  return {
    add: (mac) => {
      for (let n = 0; n < hashes; n++) {
        const at = position(mac, n);
        if (isSet(at)) continue;
        bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
        ones++;
        changed.add(Math.floor((at >> 3) / page_bytes));
      }
    },
    has: (mac) => {
      for (let n = 0; n < hashes; n++) if (!isSet(position(mac, n))) return false;
      return true;
    },
    count: () => Math.round((-bits_total / hashes) * Math.log1p(-Math.min(ones, bits_total - 1) / bits_total)), // prettier-ignore
    merge: (page, other) => {
      for (let at = 0; at < page_bytes; at++) {
        const place = page * page_bytes + at;
        const mine = bits[place] ?? 0;
        const both = mine | (other[at] ?? 0);
        ones += onesIn(both) - onesIn(mine);
        bits[place] = both;
      }
    },
    takeChanged: () => {
      const taken = [...changed].map((page) => ({ page }));
      changed.clear();
      return taken;
    },
    read: (list) =>
      list.map((page) => ({
        page,
        bits: bits.slice(page * page_bytes, (page + 1) * page_bytes),
      })),
    putBack: (list) => {
      for (const { page } of list) changed.add(page);
    },
  };
}

function onesIn(byte: number): number {
  let count = 0;
  for (let left = byte; left !== 0; left &= left - 1) count++;
  return count;
}
