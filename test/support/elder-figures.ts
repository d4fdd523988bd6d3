import type { Page } from 'playwright-core';

/** What falls short of the national rules for pages of the elderly, in words; empty is good. */
export type Figures = { letters: number; targets: number; lines: number; sentences?: true };

/** The figures of 长辈版: letters of 18 px, targets of 60 px, lines of 1.3. */
export const elderFigures: Figures = { letters: 18, targets: 60, lines: 1.3 };
/** The figures of every page; a link within a sentence is as high as its line. */
export const usualFigures: Figures = { letters: 14, targets: 44, lines: 1.3, sentences: true };

/**
 * Measures a page as the browser lays it out: the size of every letter that is seen, the distance of
 * lines, the size of everything that is pressed, and whether anything stands beyond the window's edge.
 */
export function shortcomings(page: Page, figures: Figures): Promise<string[]> {
  return page.evaluate(measure, figures);
}

/** Runs in the page. */
function measure(figures: Figures): string[] {
  const found = new Set<string>();
  const say = (what: string, element: Element): void => {
    found.add(`${what}: ${element.outerHTML.slice(0, 110)}`);
  };
  const isSeen = (element: HTMLElement): boolean =>
    element.getClientRects().length > 0 &&
    !element.closest('.hidden-text, .skip, [aria-hidden="true"]');
  const ownText = (element: Element): boolean =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim() !== '');
  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    if (!isSeen(element) || !ownText(element)) continue;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    if (size < figures.letters) say(`letters of ${size}`, element);
    const height = Number.parseFloat(style.lineHeight) / size;
    if (height < figures.lines - 0.001) say(`lines of ${height}`, element);
  }
  const pressed = 'a[href], button, select, textarea, summary, input:not([type=hidden])';
  for (const element of document.body.querySelectorAll<HTMLElement>(pressed)) {
    const target = element.matches('[type=radio], [type=checkbox]')
      ? (element.closest('label') ?? element)
      : element;
    const isInSentence = getComputedStyle(target).display === 'inline';
    if (!isSeen(target) || (figures.sentences && isInSentence)) continue;
    const { width, height } = target.getBoundingClientRect();
    if (Math.min(width, height) < figures.targets - 0.5)
      say(`a target of ${Math.round(width)} × ${Math.round(height)}`, target);
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.add(`the page is ${scrollWidth} wide in ${clientWidth}`);
  return [...found];
}
