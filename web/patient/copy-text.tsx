import { useRef, useState, type ReactElement } from 'react';
import { Button, Notice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** A text to be copied: by its button, by hand where the browser lets no page copy. */
export function CopyText(props: { label: string; text: string; rows: number }): ReactElement {
  const { t } = usePatientWords();
  const { text } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [done, setDone] = useState<boolean>();
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      setDone(document.execCommand('copy'));
    }
  };
  return (
    <>
      <label className="field">
        <span>{props.label}</span>
        <textarea ref={field} readOnly rows={props.rows} value={text} />
      </label>
      <div role="status">
        {done === true && <Notice tone="good" title={t('share.copied')} />}
        {done === false && <Notice tone="warn" title={t('share.copy-by-hand')} />}
      </div>
      <Button wide onClick={() => void copy()}>
        {t('share.copy')}
      </Button>
    </>
  );
}
