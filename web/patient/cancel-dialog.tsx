import type { ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { serverNow, useAction } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';
import { Button, Dialog, ProblemNotice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** Says what cancelling means before it happens. */
export function CancelDialog(props: { visit: Visit; onClose: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { visit, onClose } = props;
  const cancel = useAction(async (key) => {
    await post(`/api/appointments/${visit.appointment_id}/cancel`, {}, key);
    onClose();
  });
  const late = visit.cancel_until !== null && Date.parse(visit.cancel_until) < serverNow();
  return (
    <Dialog title={t('cancel.title')} onClose={onClose}>
      <ul className="bullets">
        <li>{t(visit.draw_id === null ? 'cancel.back' : 'cancel.back-draw')}</li>
        <li>{t('cancel.undo')}</li>
        {visit.cancel_until && (
          <li>{t(late ? 'cancel.late' : 'cancel.in-time', { time: mdHm(visit.cancel_until) })}</li>
        )}
      </ul>
      <ProblemNotice problem={cancel.problem} />
      <div className="row">
        <Button look="danger" busy={cancel.busy} onClick={() => void cancel.run()}>
          {t('cancel.do')}
        </Button>
        <Button look="secondary" onClick={onClose}>
          {t('cancel.keep')}
        </Button>
      </div>
    </Dialog>
  );
}
