import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { api, ApiProblem, post } from '../shared/api.ts';
import { Button, Dialog, Notice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

export type ConsentText = {
  purpose: string;
  version: number;
  title: string;
  text: string;
  title_en: string;
  text_en: string;
};
export type GivenConsent = { purpose: string; version: number };

type Ask = (purposes: readonly string[]) => Promise<GivenConsent[] | null>;
let ask: Ask | undefined;

/**
 * Does what may need the person's separate agreement: when the server asks for it, shows the words, one
 * agreement a screen, and goes on with what was agreed to. A person who declines sees the refusal.
 */
export async function agreeing<T>(act: (consents?: GivenConsent[]) => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'identity/consent-needed') throw error;
    const given = await ask?.(error.detail['purposes'] as string[]);
    if (!given) throw error;
    const { patient_id } = error.detail;
    if (typeof patient_id === 'string')
      await post('/api/consents', { patient_id, consents: given });
    return act(given);
  }
}

type Open = { texts: ConsentText[]; done: (given: GivenConsent[] | null) => void };

/** The screens of agreement; one for the whole page. */
export function ConsentGate(): ReactElement | null {
  const { t, lang } = usePatientWords();
  const [open, setOpen] = useState<Open | null>(null);
  const [at, setAt] = useState(0);
  const given = useRef<GivenConsent[]>([]);
  useEffect(() => {
    ask = async (purposes) => {
      const { texts } = await api<{ texts: ConsentText[] }>('/api/consent-texts');
      const wanted = texts.filter((text) => purposes.includes(text.purpose));
      given.current = [];
      setAt(0);
      return new Promise((done) => setOpen({ texts: wanted, done }));
    };
    return () => {
      ask = undefined;
    };
  }, []);
  const end = useCallback(
    (agreed: GivenConsent[] | null) => {
      open?.done(agreed);
      setOpen(null);
    },
    [open],
  );
  const text = open?.texts[at];
  if (!open || !text) return null;
  const agree = (): void => {
    given.current = [...given.current, { purpose: text.purpose, version: text.version }];
    if (at + 1 < open.texts.length) setAt(at + 1);
    else end(given.current);
  };
  return (
    <Dialog
      key={text.purpose}
      title={lang === 'en' ? text.title_en : text.title}
      onClose={() => end(null)}
    >
      <p className="small">
        {open.texts.length > 1 && t('consent.step', { n: at + 1, total: open.texts.length })}
      </p>
      <p>{lang === 'en' ? text.text_en : text.text}</p>
      <Notice>{t('consent.window')}</Notice>
      <div className="row">
        <Button onClick={agree}>{t('consent.agree')}</Button>
        <Button look="secondary" onClick={() => end(null)}>
          {t('consent.decline')}
        </Button>
      </div>
    </Dialog>
  );
}
