import { useEffect, useState, type ReactElement } from 'react';
import { cannot_save, inWeChat, tellCannotSave, type CannotSave } from '../shared/save-file.ts';
import { Dialog } from '../shared/ui.tsx';
import { CopyText } from './copy-text.tsx';
import { usePatientWords } from './words.ts';

/** What stands in a link that carries its file itself; null where the file is the server's. */
function textOf(link: HTMLAnchorElement): string | null {
  const [head = '', data] = link.href.split(',', 2);
  return head.startsWith('data:text/plain') && data !== undefined ? decodeURIComponent(data) : null;
}

/**
 * WeChat's own browser saves no file: instead of nothing happening, the page says how to open it in the
 * phone's browser, or gives what is text to be copied.
 */
export function SaveElsewhere(): ReactElement | null {
  const { t } = usePatientWords();
  const [asked, setAsked] = useState<CannotSave>();
  useEffect(() => {
    if (!inWeChat()) return undefined;
    const tell = (event: Event): void => setAsked((event as CustomEvent<CannotSave>).detail);
    const pressed = (event: Event): void => {
      const link = (event.target as Element).closest<HTMLAnchorElement>('a[download]');
      if (!link) return;
      event.preventDefault();
      tellCannotSave({ text: textOf(link) });
    };
    window.addEventListener(cannot_save, tell);
    document.addEventListener('click', pressed, true);
    return () => {
      window.removeEventListener(cannot_save, tell);
      document.removeEventListener('click', pressed, true);
    };
  }, []);
  if (!asked) return null;
  const { text } = asked;
  return (
    <Dialog title={t('inapp.title')} onClose={() => setAsked(undefined)}>
      {text === null ? (
        <>
          <p>{t('inapp.text')}</p>
          <p className="strong">{t('inapp.how')}</p>
          <CopyText label={t('inapp.address')} text={location.href} rows={2} />
        </>
      ) : (
        <>
          <p>{t('inapp.copy')}</p>
          <CopyText label={t('inapp.file')} text={text} rows={6} />
        </>
      )}
    </Dialog>
  );
}
