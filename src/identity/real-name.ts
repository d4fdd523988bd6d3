import type { Clock } from '../platform/clock.ts';
import type { DocumentType } from './documents/index.ts';

export type RealNameQuery = {
  name: string;
  documentType: DocumentType;
  documentNumber: string;
  /** A mobile number whose holder is compared as well, where the authority can. */
  phone?: string;
};

/** A 网证 that a person shows from the national app, compared with a name and a number. */
export type CredentialQuery = RealNameQuery & { credential: string };

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
  /** Whether the phone is registered in this person's name; absent when it was not compared. */
  phone?: 'match' | 'mismatch' | 'unknown';
};

/**
 * Compares a name with a document number; never rejects because of the other side's failure. Without
 * `checkCredential` the provider knows no 网号/网证; the other ways serve everybody equally.
 */
export type RealNameProvider = {
  name: string;
  check(input: RealNameQuery): Promise<RealNameResult>;
  checkCredential?(input: CredentialQuery): Promise<RealNameResult>;
};

/** An installation without a contract: everybody goes by the window. */
export function noRealName(clock: Clock): RealNameProvider {
  const silent = (): Promise<RealNameResult> =>
    Promise.resolve({
      result: 'unavailable',
      source: 'none',
      checkedAt: clock.now(),
      reference: '',
    });
  return { name: 'none', check: silent, checkCredential: silent };
}

// The dot between the parts of a transliterated name is typed and stored in a dozen shapes.
const NAME_DOTS = /[.\u00B7\u0387\u2022\u2024\u2027\u2219\u22C5\u2E31\u30FB\u3002]/gu;

/*
 * Rare characters that old systems keep in the private-use area because their code came later: the
 * same name from the authority and from a keyboard must compare equal. GB 18030-2005 against its
 * 2022 edition and Unicode 4.1.
 */
const OLD_CODES: ReadonlyMap<string, string> = new Map([
  ['\uE81E', '\u9FB4'],
  ['\uE826', '\u9FB5'],
  ['\uE82B', '\u9FB6'],
  ['\uE82C', '\u9FB7'],
  ['\uE832', '\u9FB8'],
  ['\uE843', '\u9FB9'],
  ['\uE854', '\u9FBA'],
  ['\uE863', '\u4DAE'],
  ['\uE864', '\u9FBB'],
]);

/** A name for comparison: half-width, one shape of dot, no spaces, capitals for Latin letters. */
export function comparableName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\uE81E-\uE864]/gu, (old) => OLD_CODES.get(old) ?? old)
    .replace(/[\s\u200B\uFEFF]/gu, '')
    .replace(NAME_DOTS, '·')
    .toUpperCase();
}
