import { lazy, Suspense, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';
import { Button, Dialog, Empty, ProblemNotice, Spinner, Wait } from '../shared/ui.tsx';
import { VisitReferral } from './referral.tsx';
import { usePatientWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

/** The code a doctor scans to find the person, and other days of a visit that the doctor booked. */
export function VisitDirect(props: { visit: Visit; reload: () => void }): ReactElement | null {
  const { t } = usePatientWords();
  const { visit, reload } = props;
  const [open, setOpen] = useState<'code' | 'times' | null>(null);
  const sent = <VisitReferral visit={visit} />;
  if (visit.status !== 'booked' && visit.status !== 'checked_in') return sent;
  const close = (): void => {
    setOpen(null);
    reload();
  };
  return (
    <>
      {sent}
      <div className="row">
        <Button look="secondary" onClick={() => setOpen('code')}>
          {t('direct.code')}
        </Button>
        {visit.channel === 'in_clinic' && visit.status === 'booked' && (
          <Button look="secondary" onClick={() => setOpen('times')}>
            {t('direct.times')}
          </Button>
        )}
        {open === 'code' && (
          <Dialog title={t('direct.code')} onClose={close}>
            <p>{t('direct.code-text')}</p>
            <Suspense fallback={<Spinner />}>
              <QrCode text={`zh-visit:${visit.appointment_id}`} label={t('direct.code')} />
            </Suspense>
          </Dialog>
        )}
        {open === 'times' && <TimesDialog visit={visit} onClose={close} />}
      </div>
    </>
  );
}

type Numbers = {
  numbers: { slot_id: string; service_date: string; starts_at: string; ends_at: string }[];
};

function TimesDialog({ visit, onClose }: { visit: Visit; onClose: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const path = `/api/appointments/${visit.appointment_id}`;
  const times = useLoad(path, () => api<Numbers>(`${path}/direct-times`));
  const [slot, setSlot] = useState('');
  const move = useAction(async (key) => {
    await post(`${path}/move`, { slot_id: slot }, key);
    onClose();
  });
  return (
    <Dialog title={t('direct.times')} onClose={onClose}>
      <p>{t('direct.times-text')}</p>
      <Wait on={times}>
        {({ numbers }) =>
          numbers.length === 0 ? (
            <Empty title={t('direct.times-none')} />
          ) : (
            <form
              className="stack"
              onSubmit={(event) => {
                event.preventDefault();
                void move.run();
              }}
            >
              <fieldset>
                <legend className="hidden-text">{t('direct.times')}</legend>
                {numbers.map((one) => (
                  <label key={one.slot_id} className="option">
                    <input
                      type="radio"
                      name="slot"
                      checked={slot === one.slot_id}
                      onChange={() => setSlot(one.slot_id)}
                    />
                    {dayText(one.service_date, lang)} {span(one.starts_at, one.ends_at)}
                  </label>
                ))}
              </fieldset>
              <ProblemNotice problem={move.problem} />
              <Button type="submit" wide busy={move.busy} disabled={slot === ''}>
                {t('direct.times-do')}
              </Button>
            </form>
          )
        }
      </Wait>
    </Dialog>
  );
}
