import { useEffect, useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { mdHm, span } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { Link, useNavigate } from '../shared/router.tsx';
import type { FreeNumber, SessionDetail } from '../shared/types.ts';
import { Button, Card, ProblemNotice } from '../shared/ui.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { GateQueue } from './gate-queue.tsx';
import { prepareHold, takeHold } from './hold.ts';
import { PatientPicker } from './patient-picker.tsx';
import { usePatientWords } from './words.ts';

/** More times than a thumb wants to scroll past are shown on request. */
const TIMES_FIRST = 12;

/** Order method: time, patient, rules, then a hold of ten minutes. */
export function OrderForm(props: { session: SessionDetail; onRefused: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { session } = props;
  const navigate = useNavigate();
  const [slot, setSlot] = useState<string | null>(null);
  const [patient, setPatient] = useState<string | null>(null);
  const [asks, setAsks] = useState(false);
  const { session_id } = session;
  useEffect(() => {
    if (slot && patient) prepareHold({ session_id, slot_id: slot, patient_id: patient });
  }, [session_id, slot, patient]);
  const hold = useAction(async (key, proof?: string) => {
    try {
      const wish = { session_id, slot_id: slot, patient_id: patient ?? '' };
      const visit = await takeHold(wish, key, proof);
      navigate(`/visits/${visit.appointment_id}`);
    } catch (error) {
      props.onRefused();
      throw error;
    }
  });
  return (
    <>
      <Card title={t('order.time')}>
        <Times numbers={session.numbers} chosen={slot} onChoose={setSlot} />
      </Card>
      <Rules session={session} />
      <Card title={t('order.patient')}>
        <PatientPicker chosen={patient} onChoose={setPatient} />
      </Card>
      <GateQueue
        sessionId={session_id}
        patient={patient}
        asked={hold.problem?.code === 'gate/ticket-needed'}
        onTurn={props.onRefused}
      />
      <ProblemNotice problem={hold.problem} />
      {hold.problem?.code.startsWith('gate/challenge') && (
        <Button look="secondary" onClick={() => setAsks(true)}>
          {t('code.instead')}
        </Button>
      )}
      {asks && (
        <CodeDialog
          lead={t('code.lead')}
          sendPath="/api/challenges/code"
          onCode={async (code) => {
            const body = { code, session_id, patient_id: patient };
            const { proof } = await post<{ proof: string }>('/api/challenges/proof', body);
            setAsks(false);
            await hold.run(proof);
          }}
          onClose={() => setAsks(false)}
        />
      )}
      <Button
        wide
        busy={hold.busy}
        disabled={slot === null || patient === null}
        onClick={() => void hold.run()}
      >
        {t('order.hold')}
      </Button>
      {(slot === null || patient === null) && (
        <p className="small">{t(slot === null ? 'order.choose-time' : 'order.choose-patient')}</p>
      )}
    </>
  );
}

/** The free numbers as radio buttons: sequence and time window. */
export function Times(props: {
  numbers: readonly FreeNumber[];
  chosen: string | null;
  onChoose: (slot_id: string) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [all, setAll] = useState(false);
  const { numbers } = props;
  const shown = all ? numbers : numbers.slice(0, TIMES_FIRST);
  return (
    <fieldset className="times">
      <legend className="hidden-text">{t('order.time')}</legend>
      {shown.map((number) => (
        <label key={number.slot_id} className="option time">
          <input
            type="radio"
            name="slot"
            checked={props.chosen === number.slot_id}
            onChange={() => props.onChoose(number.slot_id)}
          />
          <span className="time-text">
            <span className="strong">{span(number.starts_at, number.ends_at)}</span>
            <span className="small">{t('order.sequence', { n: number.sequence })}</span>
          </span>
        </label>
      ))}
      {shown.length < numbers.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {t('order.all', { n: numbers.length })}
        </Button>
      )}
    </fieldset>
  );
}

function Rules({ session }: { session: SessionDetail }): ReactElement {
  const { t } = usePatientWords();
  return (
    <Card title={t('rules.title')}>
      <ul className="bullets">
        {session.cancel_until && <li>{t('rules.cancel', { time: mdHm(session.cancel_until) })}</li>}
        <li>{t('rules.person')}</li>
        <li>{t('rules.pay')}</li>
        {session.on_site_numbers_text && <li>{session.on_site_numbers_text}</li>}
      </ul>
      <Link to={`/h/${session.hospital_id}/rules`}>{t('session.rules')}</Link>
    </Card>
  );
}
