import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Dialog, Empty, ProblemNotice, Wait } from '../shared/ui.tsx';
import { AppealCards, ClearanceTable } from './conduct-office.tsx';
import { NotedLine, type Kind, type Noted } from './conduct-noted.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

const reasons = [
  'wrong_record',
  'illness',
  'traffic',
  'hospital_fault',
  'notice_failed',
  'other',
] as const;

type Restriction = {
  restriction_id: string;
  name_masked: string;
  kind: Kind;
  until: string;
  visits: Noted[];
};

/** 爽约与申诉: what is counted, what it led to, and one tap to clear it. */
export function ConductPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const path = '/api/staff/conduct';
  const list = useLoad(path, () => api<{ restrictions: Restriction[]; conduct: Noted[] }>(path));
  const office = may('booking.appeals');
  return (
    <div className="stack">
      <h1>{t('nav.conduct')}</h1>
      <p>{t('conduct.lead')}</p>
      {office && <AppealCards reload={list.reload} />}
      <Wait on={list}>
        {({ restrictions, conduct }) => (
          <>
            <Card title={t('conduct.restrictions')}>
              {restrictions.length === 0 && <Empty title={t('conduct.restrictions-none')} />}
              <ul className="stack tight">
                {restrictions.map((one) => (
                  <li key={one.restriction_id} className="row spread">
                    <span>
                      <span className="strong">{one.name_masked}</span>{' '}
                      {t(`conduct.kind.${one.kind}`)} ·{' '}
                      {t('conduct.until', { time: mdHm(one.until) })}
                    </span>
                    <Clear id={one.restriction_id} name={one.name_masked} reload={list.reload} />
                  </li>
                ))}
              </ul>
            </Card>
            <Card title={t('conduct.counted')}>
              {conduct.length === 0 && <Empty title={t('conduct.counted-none')} />}
              <ul className="stack tight">
                {conduct.map((one) => (
                  <li key={one.conduct_id} className="row spread">
                    <NotedLine one={one} />
                    <Clear id={one.conduct_id} name={one.name_masked} reload={list.reload} />
                  </li>
                ))}
              </ul>
            </Card>
          </>
        )}
      </Wait>
      {office && <ClearanceTable />}
    </div>
  );
}

function Clear(props: { id: string; name: string; reload: () => void }): ReactElement {
  const { id, name, reload } = props;
  const { t } = useConsoleWords();
  const [open, setOpen] = useState(false);
  const clear = useAction(async (key, reason: (typeof reasons)[number]) => {
    await post(`/api/staff/conduct/${id}/clear`, { reason }, key);
    setOpen(false);
    reload();
  });
  return (
    <>
      <Button
        look="secondary"
        aria-label={t('conduct.clear-title', { name })}
        onClick={() => setOpen(true)}
      >
        {t('conduct.clear')}
      </Button>
      {open && (
        <Dialog title={t('conduct.clear-title', { name })} onClose={() => setOpen(false)}>
          <p>{t('conduct.clear-text')}</p>
          <ProblemNotice problem={clear.problem} />
          <div className="stack tight">
            {reasons.map((reason) => (
              <Button
                key={reason}
                look="secondary"
                wide
                busy={clear.busy}
                onClick={() => void clear.run(reason)}
              >
                {t(`conduct.reason.${reason}`)}
              </Button>
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
