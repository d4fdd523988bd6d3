import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import type { Patient } from '../shared/types.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Props = { patient: Patient; onDone: () => void; onClose: () => void };

/** The patient agrees once: by a code to their own phone, by 网证, or at the window. */
export function ConfirmDialog({ patient, onDone, onClose }: Props): ReactElement {
  const { t } = usePatientWords();
  return (
    <Dialog title={t('confirm.title', { name: patient.name_masked })} onClose={onClose}>
      <div className="stack">
        <ByCode patient={patient} onDone={onDone} />
        <ByCredential patient={patient} onDone={onDone} />
        <Notice>{t('confirm.window')}</Notice>
      </div>
    </Dialog>
  );
}

function ByCode({ patient, onDone }: Omit<Props, 'onClose'>): ReactElement {
  const { t } = usePatientWords();
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [end, setEnd] = useState<string | null>(null);
  const path = `/api/patients/${patient.patient_id}/confirm`;
  const known = patient.phone_known === true;
  const given = known ? {} : { phone };
  const send = useAction(async (key, channel: 'sms' | 'voice') => {
    const sent = await post<{ phone_end: string }>(`${path}/code`, { ...given, channel }, key);
    setEnd(sent.phone_end);
  });
  const confirm = useAction(async (key) => {
    await post(path, { ...given, code }, key);
    onDone();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm.run();
      }}
    >
      <p>{t(known ? 'confirm.lead-known' : 'confirm.lead')}</p>
      {!known && (
        <Field
          label={t('confirm.phone')}
          hint={t('confirm.phone-hint')}
          control={(ties) => (
            <input
              {...ties}
              type="tel"
              required
              autoComplete="off"
              value={phone}
              onChange={(event) => setPhone(event.target.value)}
            />
          )}
        />
      )}
      <div className="row">
        <Button look="secondary" busy={send.busy} onClick={() => void send.run('sms')}>
          {t('confirm.sms')}
        </Button>
        <Button look="secondary" busy={send.busy} onClick={() => void send.run('voice')}>
          {t('confirm.voice')}
        </Button>
      </div>
      {end !== null && <Notice tone="good">{t('confirm.sent', { end })}</Notice>}
      <Field
        label={t('confirm.code')}
        control={(ties) => (
          <input
            {...ties}
            inputMode="numeric"
            autoComplete="off"
            pattern="[0-9]{6}"
            maxLength={6}
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={send.problem ?? confirm.problem} />
      <Button type="submit" wide busy={confirm.busy}>
        {t('confirm.do')}
      </Button>
    </form>
  );
}

function ByCredential({ patient, onDone }: Omit<Props, 'onClose'>): ReactElement {
  const { t } = usePatientWords();
  const [credential, setCredential] = useState('');
  const show = useAction(async (key) => {
    await post(`/api/patients/${patient.patient_id}/confirm/credential`, { credential }, key);
    onDone();
  });
  return (
    <details>
      <summary>{t('confirm.credential-title')}</summary>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void show.run();
        }}
      >
        <Field
          label={t('confirm.credential')}
          hint={t('confirm.credential-hint')}
          control={(ties) => (
            <input
              {...ties}
              required
              minLength={6}
              autoComplete="off"
              value={credential}
              onChange={(event) => setCredential(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={show.problem} />
        <Button type="submit" look="secondary" busy={show.busy}>
          {t('confirm.credential-do')}
        </Button>
      </form>
    </details>
  );
}

/** A child's birth certificate gives way to the identity card; the person stays. */
export function CardDialog({ patient, onDone, onClose }: Props): ReactElement {
  const { t } = usePatientWords();
  const [name, setName] = useState('');
  const [document_number, setNumber] = useState('');
  const take = useAction(async (key) => {
    const card = { name, document_number };
    await post(`/api/patients/${patient.patient_id}/identity-card`, card, key);
    onDone();
  });
  return (
    <Dialog title={t('people.card-title', { name: patient.name_masked })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void take.run();
        }}
      >
        <p>{t('people.card-text')}</p>
        <Field
          label={t('person.name')}
          hint={t('person.name-hint')}
          control={(ties) => (
            <input {...ties} required value={name} onChange={(e) => setName(e.target.value)} />
          )}
        />
        <Field
          label={t('person.number')}
          control={(ties) => (
            <input
              {...ties}
              required
              autoComplete="off"
              value={document_number}
              onChange={(event) => setNumber(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={take.problem} />
        <Button type="submit" wide busy={take.busy}>
          {t('people.card-do')}
        </Button>
      </form>
    </Dialog>
  );
}
