import { useState, type ReactElement } from 'react';
import { Card } from '../shared/ui.tsx';
import { GateQueue } from './gate-queue.tsx';
import { PatientPicker } from './patient-picker.tsx';
import { usePatientWords } from './words.ts';

/** The half hour before a release: for whom, and a place in the queue. */
export function GateBefore(props: { sessionId: string; onTurn: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [patient, setPatient] = useState<string | null>(null);
  return (
    <>
      <Card title={t('order.patient')}>
        <PatientPicker chosen={patient} onChoose={setPatient} />
      </Card>
      <GateQueue sessionId={props.sessionId} patient={patient} onTurn={props.onTurn} />
    </>
  );
}
