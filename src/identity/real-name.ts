import type { DocumentType } from './documents/index.ts';

export type RealNameQuery = { name: string; documentType: DocumentType; documentNumber: string };

/**
 * `match` and `mismatch` are the authority's word on name and number together; `unknown` means the
 * authority has no such number or does not serve this kind of document; `unavailable` says nothing
 * about the person, and the caller tries again later.
 */
export type RealNameOutcome = 'match' | 'mismatch' | 'unknown' | 'unavailable';

export const REAL_NAME_OUTCOMES: readonly RealNameOutcome[] = [
  'match',
  'mismatch',
  'unknown',
  'unavailable',
];

export type RealNameResult = {
  result: RealNameOutcome;
  /** Name of the provider that answered. */
  source: string;
  checkedAt: Date;
  /** The answer's number at the provider, for questions afterwards; holds no personal data. */
  reference: string;
};

/** Compares a name with a document number; never rejects because of the other side's failure. */
export type RealNameProvider = {
  name: string;
  check(input: RealNameQuery): Promise<RealNameResult>;
};

// The dot between the parts of a transliterated name is typed and stored in a dozen shapes.
const NAME_DOTS = /[.\u00B7\u0387\u2022\u2024\u2027\u2219\u22C5\u2E31\u30FB\u3002]/gu;

/** A name for comparison: half-width, one shape of dot, no spaces, capitals for Latin letters. */
export function comparableName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s\u200B\uFEFF]/gu, '')
    .replace(NAME_DOTS, '·')
    .toUpperCase();
}
