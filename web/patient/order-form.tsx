import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { post } from '../shared/api.ts';
import { mdHm, span } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import type { FreeNumber, SessionDetail, Visit } from '../shared/types.ts';
import { Button, Card, ProblemNotice } from '../shared/ui.tsx';
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
  const hold = useAction(async (key) => {
    try {
      const visit = await post<Visit>(
        '/api/appointments',
        { session_id: session.session_id, slot_id: slot, patient_id: patient },
        key,
      );
      await navigate(`/visits/${visit.appointment_id}`);
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
      <ProblemNotice problem={hold.problem} />
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
    </Card>
  );
}
