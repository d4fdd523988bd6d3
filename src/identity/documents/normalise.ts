// U+2010–2015 are the dashes, U+2212 is the minus sign that input methods put in their place.
const SEPARATORS = /[\s\u200B\uFEFF\-_\u2010-\u2015\u2212]/gu;

/** Full-width characters to half-width, without the separators people type between groups. */
export function compactText(text: string): string {
  return text.normalize('NFKC').replace(SEPARATORS, '');
}

/** A document number as it is stored and compared: half-width, upper case, no spaces or dashes. */
export function normaliseDocumentNumber(number: string): string {
  return compactText(number).toUpperCase();
}
