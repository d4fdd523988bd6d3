import type { ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Dialog, ProblemNotice } from '../shared/ui.tsx';
import type { CancelTerms, VisitGuide } from './visit-types.ts';
import { usePatientWords } from './words.ts';

/** Says what cancelling means before it happens: whether it counts, what comes back, what can be undone. */
export function CancelDialog(props: { guide: VisitGuide; onClose: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { guide, onClose } = props;
  const { visit, cancel: terms } = guide;
  const cancel = useAction(async (key) => {
    await post(`/api/appointments/${visit.appointment_id}/cancel`, {}, key);
    onClose();
  });
  const can = terms.may === 'now' || terms.may === 'late';
  return (
    <Dialog title={t('cancel.title')} onClose={onClose}>
      {can ? (
        <ul className="bullets">
          <li className={terms.may === 'late' ? 'strong' : undefined}>
            <Counts terms={terms} held={visit.status === 'held'} />
          </li>
          <li>
            <Money terms={terms} />
          </li>
          <li>{t(visit.draw_id === null ? 'cancel.back' : 'cancel.back-draw')}</li>
          <li>{t('cancel.undo', { n: terms.undo_minutes })}</li>
        </ul>
      ) : (
        <p>
          {t(terms.may === 'window' ? 'cancel.window' : 'cancel.over', {
            time: mdHm(terms.free_until),
          })}{' '}
          <a href={`tel:${guide.hospital_phone}`} className="nowrap">
            {guide.hospital_phone}
          </a>
        </p>
      )}
      <ProblemNotice problem={cancel.problem} />
      <div className="row">
        {can && (
          <Button look="danger" busy={cancel.busy} onClick={() => void cancel.run()}>
            {t('cancel.do')}
          </Button>
        )}
        <Button look="secondary" onClick={onClose}>
          {t('cancel.keep')}
        </Button>
      </div>
    </Dialog>
  );
}

/** Whether it counts, and what counted ones lead to. */
function Counts({ terms, held }: { terms: CancelTerms; held: boolean }): ReactElement {
  const { t } = usePatientWords();
  const time = mdHm(terms.free_until);
  if (held) return <>{t('cancel.held')}</>;
  if (terms.may === 'now') return <>{t('cancel.in-time', { time })}</>;
  if (terms.ladder.length === 0) return <>{t('cancel.late-free', { time })}</>;
  return (
    <>
      {t('cancel.late', { time, n: terms.first_free_in_days })}{' '}
      {terms.ladder.map((rung) => t('cancel.rung', rung)).join('')}
    </>
  );
}

function Money({ terms }: { terms: CancelTerms }): ReactElement {
  const { t } = usePatientWords();
  const { paid_fen, back_fen, kept_fen } = terms;
  if (paid_fen === 0) return <>{t('cancel.unpaid')}</>;
  if (kept_fen === 0) return <>{t('cancel.all-back', { fee: yuan(back_fen) })}</>;
  return <>{t('cancel.part-back', { fee: yuan(back_fen), kept: yuan(kept_fen) })}</>;
}
