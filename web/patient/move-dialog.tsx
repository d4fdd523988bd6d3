import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { SessionDetail, Visit } from '../shared/types.ts';
import { Button, Dialog, Empty, ProblemNotice, Wait } from '../shared/ui.tsx';
import { Times } from './order-form.tsx';
import { usePatientWords } from './words.ts';

/** Another time of the same session; the old number is given up only when the new one is there. */
export function MoveDialog(props: { visit: Visit; onClose: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { visit, onClose } = props;
  const [slot, setSlot] = useState<string | null>(null);
  const session = useLoad(visit.session_id, () =>
    api<SessionDetail>(`/api/sessions/${visit.session_id}`),
  );
  const move = useAction(async (key) => {
    await post(`/api/appointments/${visit.appointment_id}/move`, { slot_id: slot }, key);
    onClose();
  });
  return (
    <Dialog title={t('visit.move')} onClose={onClose}>
      <Wait on={session}>
        {({ numbers }) =>
          numbers.length === 0 ? (
            <Empty title={t('move.none')} />
          ) : (
            <>
              <p>{t('move.text')}</p>
              <Times numbers={numbers} chosen={slot} onChoose={setSlot} />
              <ProblemNotice problem={move.problem} />
              <Button
                wide
                busy={move.busy}
                disabled={slot === null}
                onClick={() => void move.run()}
              >
                {t('move.do')}
              </Button>
            </>
          )
        }
      </Wait>
    </Dialog>
  );
}
