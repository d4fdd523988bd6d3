import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import type { StaffSession } from './types.ts';
import { useConsoleWords } from './words.ts';

type Check = {
  lateness: 'in_time' | 'short' | 'late';
  substitutes: { practitioner_id: string; name: string; title: string }[];
};
type Cause = 'approved' | 'emergency' | 'unannounced';
const causes = ['approved', 'emergency', 'unannounced'] as const;

/** 停诊 or 替诊 of one session; how late it is is said, never a reason to refuse. */
export function ChangeDialog(props: { session: StaffSession; onClose: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { session, onClose } = props;
  const base = `/api/staff/sessions/${session.id}`;
  const check = useLoad(`change ${session.id}`, () => api<Check>(`${base}/change-check`)).data;
  const [how, setHow] = useState<'stop' | 'substitute'>('stop');
  const [doctor, setDoctor] = useState('');
  const [cause, setCause] = useState<Cause>('approved');
  const [reason, setReason] = useState('');
  const isStop = how === 'stop';
  const act = useAction(async (key) => {
    const body = isStop ? { reason, cause } : { reason, cause, practitioner_id: doctor };
    await post(`${base}/${how}`, body, key);
    onClose();
  });
  const when = `${dayText(session.service_date, lang)} ${t(`period.${session.period}`)}`;
  const what = `${when} ${session.practitioner_name ?? session.service_name}`;
  return (
    <Dialog title={t('stop.title', { what })} onClose={onClose}>
      {check && (
        <Notice
          tone={check.lateness === 'late' ? 'bad' : 'info'}
          title={t(`change.${check.lateness}`)}
        />
      )}
      <Field
        label={t('change.how')}
        control={(ties) => (
          <select
            {...ties}
            value={how}
            onChange={(event) => setHow(event.target.value as typeof how)}
          >
            <option value="stop">{t('change.stop')}</option>
            {session.practitioner_name !== null && (
              <option value="substitute">{t('change.substitute')}</option>
            )}
          </select>
        )}
      />
      {!isStop && <Doctors of={check?.substitutes ?? []} value={doctor} onChange={setDoctor} />}
      <Field
        label={t('change.cause')}
        control={(ties) => (
          <select
            {...ties}
            value={cause}
            onChange={(event) => setCause(event.target.value as Cause)}
          >
            {causes.map((one) => (
              <option key={one} value={one}>
                {t(`change.cause.${one}`)}
              </option>
            ))}
          </select>
        )}
      />
      <Field
        label={t('change.reason')}
        control={(ties) => (
          <input {...ties} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      />
      <p>{t(isStop ? 'change.told' : 'change.told-substitute')}</p>
      <ProblemNotice problem={act.problem} />
      <Button
        look="danger"
        busy={act.busy}
        disabled={reason.trim().length < 2 || (!isStop && doctor === '')}
        onClick={() => void act.run()}
      >
        {t(isStop ? 'stop.do' : 'change.do-substitute')}
      </Button>
    </Dialog>
  );
}

function Doctors(props: {
  of: Check['substitutes'];
  value: string;
  onChange: (id: string) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  if (props.of.length === 0) return <p className="strong">{t('change.nobody')}</p>;
  return (
    <Field
      label={t('change.doctor')}
      control={(ties) => (
        <select
          {...ties}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        >
          <option value="">{t('change.choose')}</option>
          {props.of.map(({ practitioner_id, name, title }) => (
            <option key={practitioner_id} value={practitioner_id}>
              {name} {title}
            </option>
          ))}
        </select>
      )}
    />
  );
}
