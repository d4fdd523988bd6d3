import { useState, type ReactElement, type ReactNode } from 'react';
import { Button } from '../shared/ui.tsx';
import { useKioskWords } from './words.ts';

/** A list in pages, because nobody scrolls on a machine in a hall. */
export function Pages<T>(props: {
  of: readonly T[];
  size: number;
  each: (one: T, at: number) => ReactNode;
}): ReactElement {
  const { t } = useKioskWords();
  const [page, setPage] = useState(0);
  const count = Math.max(1, Math.ceil(props.of.length / props.size));
  const shown = Math.min(page, count - 1);
  const first = shown * props.size;
  return (
    <>
      <ul className="kiosk-list">
        {props.of.slice(first, first + props.size).map((one, at) => props.each(one, first + at))}
      </ul>
      {count > 1 && (
        <div className="row">
          <Button look="secondary" disabled={shown === 0} onClick={() => setPage(shown - 1)}>
            {t('kiosk.previous')}
          </Button>
          <span role="status">{t('kiosk.page', { n: shown + 1, of: count })}</span>
          <Button
            look="secondary"
            disabled={shown === count - 1}
            onClick={() => setPage(shown + 1)}
          >
            {t('kiosk.more')}
          </Button>
        </div>
      )}
    </>
  );
}
