import { useEffect, useRef } from 'react';

const line = /ZHCARD:[\w-]+\.[\w-]+$/;

/**
 * A card reader that types: it sends its signed line as keys and an Enter (docs/kiosk-reader.md). What
 * it says is believed by the server alone, so that nobody gains by typing such a line.
 */
export function useReader(onCard: ((card: string) => void) | null): void {
  const latest = useRef(onCard);
  useEffect(() => {
    latest.current = onCard;
  });
  useEffect(() => {
    let typed = '';
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter') {
        if (event.key.length === 1) typed = (typed + event.key).slice(-2200);
        // From the mark on the keys are the reader's and belong into no field.
        if (typed.includes('ZHCARD:')) event.preventDefault();
        return;
      }
      const found = line.exec(typed);
      typed = '';
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current?.(found[0]);
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, []);
}
