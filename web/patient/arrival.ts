import { useEffect, useRef, type RefObject } from 'react';

/**
 * What a browser does when a page is loaded, for pages that change without loading: it begins at the
 * top, the title names the page, and the focus goes to its heading so that a screen reader says it.
 * Pages bring their heading when their data is there, so it is waited for.
 */
export function useArrival(
  main: RefObject<HTMLElement | null>,
  pathname: string,
  site: string,
): void {
  const first = useRef(true);
  const arrived = useRef(pathname);
  useEffect(() => {
    const place = main.current;
    if (!place) return undefined;
    let takesFocus = arrived.current !== pathname;
    arrived.current = pathname;
    if (!first.current || takesFocus) window.scrollTo(0, 0);
    first.current = false;
    const look = (): void => {
      const heading = place.querySelector<HTMLElement>('h1');
      // Not innerText, which lays the page out to tell what is seen.
      const name = heading?.textContent.trim() ?? '';
      const title = `${name} · ${site}`;
      if (name !== '' && document.title !== title) document.title = title;
      if (!heading || !takesFocus) return;
      takesFocus = false;
      if (isTaken(place)) return;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    };
    look();
    const watcher = new MutationObserver(look);
    watcher.observe(place, { childList: true, subtree: true, characterData: true });
    return () => watcher.disconnect();
  }, [main, pathname, site]);
}

/** Whoever is already typing, or in a dialog, is not pulled away. */
function isTaken(place: HTMLElement): boolean {
  const now = document.activeElement;
  if (now === null || now === document.body) return false;
  return (place.contains(now) && now !== place) || now.closest('dialog') !== null;
}
