import { hex, integer, list, object, oneOf, text, type Infer } from '../sealed-draw/shape.ts';
import { BEACON_SCHEME } from '../sealed-draw/types.ts';

const holderShape = object({ index: integer(1), name: text, publicKey: hex(96) });

export const groupShape = object({
  chain: hex(32),
  commitments: list(hex(96)),
  genesis: integer(0),
  holders: list(holderShape),
  period: integer(1),
  publicKey: hex(96),
  scheme: oneOf(BEACON_SCHEME),
  threshold: integer(2),
});

export const shareShape = object({ chain: hex(32), index: integer(1), secret: hex(32) });

/** group.json: everything public about a city beacon. Times in Unix seconds, keys in hex. */
export type Group = Infer<typeof groupShape>;
/** share-N.json: what one key holder keeps secret. */
export type Share = Infer<typeof shareShape>;
