// Reads the two facts of an RFC 3161 timestamp token that a bundle needs: what was stamped, and when.
// The stamping authority's signature is not checked here: its certificate is no part of a bundle.

type Element = { tag: number; body: Uint8Array };

const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const GENERALIZED_TIME = 0x18;
const CONTEXT_0 = 0xa0;

/** What a token stamps (the hash, 32 bytes for SHA-256) and its time in Unix seconds. */
export type TimestampFacts = { imprint: Uint8Array; time: number };

/** Reads a token (DER of a CMS ContentInfo holding a TSTInfo); TypeError if it is not one. */
export function readTimestamp(token: Uint8Array): TimestampFacts {
  const signedData = child(child(only(token), CONTEXT_0, 1), SEQUENCE, 0);
  const encapsulated = child(signedData, SEQUENCE, 2);
  const octets = child(child(encapsulated, CONTEXT_0, 1), OCTET_STRING, 0);
  const info = only(octets.body);
  const imprint = child(child(info, SEQUENCE, 2), OCTET_STRING, 1).body;
  return { imprint, time: generalizedTime(child(info, GENERALIZED_TIME, 4).body) };
}

function generalizedTime(body: Uint8Array): number {
  const text = String.fromCharCode(...body);
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (match === null) throw new TypeError('timestamp with a malformed time');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

function only(bytes: Uint8Array): Element {
  const elements = split(bytes);
  if (elements.length !== 1) throw new TypeError('not a timestamp token');
  return elements[0] as Element;
}

function child(parent: Element, tag: number, index: number): Element {
  const found = split(parent.body)[index];
  if (found?.tag !== tag) throw new TypeError('not a timestamp token');
  return found;
}

function split(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++] ?? 0;
    let length = bytes[at++] ?? 0;
    if (length >= 0x80) {
      const count = length - 0x80;
      if (count === 0 || count > 4) throw new TypeError('timestamp token is not DER');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0);
    }
    if (at + length > bytes.length) throw new TypeError('timestamp token is cut off');
    elements.push({ tag, body: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}
