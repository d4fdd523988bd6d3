import { compactText, normaliseDocumentNumber } from './normalise.ts';

const STAR = '*';

function middleMasked(text: string, head: number, tail: number): string {
  const characters = Array.from(text);
  const hidden = characters.length - head - tail;
  // A number too short for its pattern shows nothing at all: better no hint than most of it.
  if (hidden < 2) return STAR.repeat(characters.length);
  return (
    characters.slice(0, head).join('') + STAR.repeat(hidden) + characters.slice(-tail).join('')
  );
}

/**
 * A document number fit for a screen: birth date and sequence of 18-character numbers are hidden
 * (110105********002X), other kinds keep their first and last characters by length.
 */
export function maskDocument(number: string): string {
  const text = normaliseDocumentNumber(number);
  const { length } = Array.from(text);
  if (length === 18) return middleMasked(text, 6, 4);
  if (length >= 13) return middleMasked(text, 3, 3);
  if (length >= 8) return middleMasked(text, 2, 2);
  return middleMasked(text, 1, 1);
}

/** The family name stays, the given name loses its letters: `Anna Maria Berg` → `A*** M**** Berg`. */
function maskLatinName(name: string): string {
  const words = name.split(/\s+/);
  const masked = (word: string): string =>
    word.slice(0, 1) + STAR.repeat(Math.max(1, word.length - 1));
  if (words.length === 1) return masked(name);
  return words.map((word, at) => (at === words.length - 1 ? word : masked(word))).join(' ');
}

/**
 * A name fit for a screen in a waiting room: 张三丰 → 张*丰, 张三 → 张*, 欧阳明月 → 欧**月.
 * In names with a middle dot the first part keeps its first character, the rest is hidden:
 * 买买提·吐尔逊 → 买**·***.
 */
export function maskName(name: string): string {
  const text = name.normalize('NFKC').trim();
  if (/^[\p{Script=Latin}\p{M}\s.'’-]+$/u.test(text)) return maskLatinName(text);
  // NFKC leaves · (U+00B7) alone but not its look-alikes; rare characters are two UTF-16 units.
  const characters = Array.from(text.replaceAll(/[・•‧∙⋅]/gu, '·').replace(/\s+/gu, ''));
  if (characters.includes('·')) {
    return characters.map((c, at) => (at === 0 || c === '·' ? c : STAR)).join('');
  }
  const [first = '', ...rest] = characters;
  if (rest.length === 0) return STAR.repeat(characters.length);
  if (rest.length === 1) return first + STAR;
  return first + STAR.repeat(rest.length - 1) + (rest.at(-1) ?? '');
}

/** 13812341234 → 138****1234; a number of another length keeps two digits at its end. */
export function maskPhone(phone: string): string {
  const text = compactText(phone).replace(/^(\+86|0086)/, '');
  if (text.length === 11) return middleMasked(text, 3, 4);
  return STAR.repeat(Math.max(0, text.length - 2)) + text.slice(-2);
}
