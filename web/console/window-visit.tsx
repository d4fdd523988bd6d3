import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { visitTone } from '../shared/states.ts';
import type { SessionDetail, Visit } from '../shared/types.ts';
import { Button, Dialog, Empty, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { WindowMoney } from './window-money.tsx';
import { useConsoleWords } from './words.ts';

/** Nothing was or is to be paid for these. */
const unpayable: readonly string[] = ['lapsed', 'noshow'];

/** One booking of the person at the window, with what may be done to it now. */
export function WindowVisit(props: { visit: Visit; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { visit, reload } = props;
  const { may } = useStaff();
  const [moving, setMoving] = useState(false);
  const [paying, setPaying] = useState(false);
  const step = useAction((key, name: 'confirm' | 'cancel' | 'restore') =>
    post(`/api/staff/appointments/${visit.appointment_id}/${name}`, {}, key).finally(reload),
  );
  const { status } = visit;
  return (
    <div className="line stack tight">
      <div className="row spread">
        <span>
          <span className="strong">
            {dayText(visit.service_date, lang)} {span(visit.starts_at, visit.ends_at)}
          </span>{' '}
          {visit.practitioner_name ?? visit.service_name} ·{' '}
          {t('slip.number', { n: visit.sequence })}
        </span>
        <Tag tone={visitTone[status]}>{t(`visit.${status}`)}</Tag>
      </div>
      <ProblemNotice problem={step.problem} />
      <div className="row">
        {status === 'held' && (
          <Button busy={step.busy} onClick={() => void step.run('confirm')}>
            {t('window.confirm')}
          </Button>
        )}
        {status === 'booked' && visit.draw_id === null && (
          <Button look="secondary" onClick={() => setMoving(true)}>
            {t('window.move')}
          </Button>
        )}
        {(status === 'held' || status === 'booked') && (
          <Button look="danger" busy={step.busy} onClick={() => void step.run('cancel')}>
            {t('window.cancel')}
          </Button>
        )}
        {may('payment.cash') && !unpayable.includes(status) && (
          <Button look="secondary" onClick={() => setPaying(true)}>
            {t('window.money')}
          </Button>
        )}
        {status === 'cancelled' && visit.undo_until && (
          <Button look="secondary" busy={step.busy} onClick={() => void step.run('restore')}>
            {t('window.restore')}
          </Button>
        )}
      </div>
      {paying && <WindowMoney visit={visit} onClose={() => setPaying(false)} onDone={reload} />}
      {moving && (
        <MoveDialog
          visit={visit}
          onClose={() => {
            setMoving(false);
            reload();
          }}
        />
      )}
    </div>
  );
}

function MoveDialog(props: { visit: Visit; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { visit, onClose } = props;
  const path = `/api/sessions/${visit.session_id}`;
  const detail = useLoad(path, () => api<SessionDetail>(path));
  const move = useAction(async (key, slot_id: string) => {
    await post(`/api/staff/appointments/${visit.appointment_id}/move`, { slot_id }, key);
    onClose();
  });
  return (
    <Dialog title={t('window.move')} onClose={onClose}>
      <ProblemNotice problem={move.problem} />
      <Wait on={detail}>
        {({ numbers }) =>
          numbers.length === 0 ? (
            <Empty title={t('window.no-times')} />
          ) : (
            <div className="row">
              {numbers.map((number) => (
                <Button
                  key={number.slot_id}
                  look="secondary"
                  disabled={move.busy}
                  onClick={() => void move.run(number.slot_id)}
                >
                  {t('window.number', {
                    n: number.sequence,
                    time: span(number.starts_at, number.ends_at),
                  })}
                </Button>
              ))}
            </div>
          )
        }
      </Wait>
    </Dialog>
  );
}
