import { utf8 } from './bytes.ts';

/** A value that JSON can carry. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The RFC 8785 (JSON Canonicalization Scheme) text of a value: no white space, keys by UTF-16 code
 * units, numbers and escapes as ECMAScript writes them. Throws TypeError for what the scheme cannot
 * carry: NaN, infinities, undefined, functions, bigint, lone surrogates.
 */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return stringText(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonicalText).join(',')}]`;
  if (typeof value === 'object') return objectText(value);
  throw new TypeError(`no canonical JSON for a value of type ${typeof value}`);
}

/** UTF-8 bytes of {@link canonicalText}. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8(canonicalText(value));
}

/**
 * Parses a text that must already be canonical: the only accepted text for a value is the one
 * {@link canonicalText} writes. Throws SyntaxError otherwise (duplicate keys included).
 */
export function parseCanonical(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (canonicalText(value) !== text)
    throw new SyntaxError('JSON is not in canonical (RFC 8785) form');
  return value;
}

function numberText(value: number): string {
  if (!Number.isFinite(value))
    throw new TypeError('no canonical JSON for a number that is not finite');
  // ECMAScript's own formatting is the one RFC 8785 prescribes; it turns −0 into 0 as required.
  return String(value);
}

// Printable ASCII without quotation mark and backslash stands for itself.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function stringText(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('no canonical JSON for a lone surrogate');
  return JSON.stringify(value);
}

function objectText(value: object): string {
  const members = value as Record<string, unknown>;
  // The default order of strings is by UTF-16 code unit, which RFC 8785 asks for.
  let text = '';
  for (const key of Object.keys(value).sort()) {
    text += `${text === '' ? '' : ','}${stringText(key)}:${canonicalText(members[key])}`;
  }
  return `{${text}}`;
}
