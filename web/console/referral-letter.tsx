import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Dialog, Wait } from '../shared/ui.tsx';
import type { Referral } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

/** What the sender wrote about the patient; each look is recorded. */
export function LetterDialog(props: {
  path: string;
  name: string;
  onClose: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const letter = useLoad(props.path, () => api<Referral & { note: string | null }>(props.path));
  return (
    <Dialog title={t('referrals.letter-of', { name: props.name })} onClose={props.onClose}>
      <Wait on={letter}>
        {(one) => (
          <div className="stack tight">
            <p>
              {t('referrals.from', { name: one.institution_name, phone: one.institution_phone })}
            </p>
            <p>
              {t(`refer-reason.${one.reason}`)} · {t(`refer-urgency.${one.urgency}`)}
            </p>
            <p className="referral-note">{one.note ?? t('referrals.letter-none')}</p>
            <p className="small">{t('referrals.letter-logged')}</p>
          </div>
        )}
      </Wait>
    </Dialog>
  );
}
