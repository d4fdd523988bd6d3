import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, hm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { ReferralSelect } from './referral-select.tsx';
import { SentReferrals } from './referral-sent.tsx';
import {
  documentTypes,
  referralReasons,
  urgencies,
  type Place,
  type ReferralTime,
  type ReferralTimes,
} from './referral-types.ts';
import { useConsoleWords } from './words.ts';

/** 转诊: primary care sends a patient in seconds, and sees what became of those it sent. */
export function ReferPage(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/referrals/times';
  const times = useLoad(path, () => api<ReferralTimes>(path), 30_000);
  const [sent, setSent] = useState(0);
  return (
    <div className="stack">
      <h1>{t('nav.refer')}</h1>
      <Wait on={times}>
        {(data) => (
          <>
            <p>{t('refer.lead', { name: data.institution_name })}</p>
            <Notice tone="warn">
              <p>{t('refer.emergency')}</p>
            </Notice>
            {data.times.length === 0 ? (
              <Empty title={t('refer.none')} />
            ) : (
              <SendForm
                times={data.times}
                onSent={() => {
                  times.reload();
                  setSent((n) => n + 1);
                }}
              />
            )}
            <SentReferrals turn={sent} onChange={times.reload} />
          </>
        )}
      </Wait>
    </div>
  );
}

type Result = { state: 'given' | 'asked'; sequence: number | null; number_at: string | null };
const empty = { name: '', document_number: '', note: '' };

function SendForm(props: { times: ReferralTime[]; onSent: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const when = useWhen();
  const { times } = props;
  const departments = [...new Map(times.map((one) => [one.department_id, one.department_name]))];
  const [department, setDepartment] = useState(departments[0]?.[0] ?? '');
  const offered = times.filter((one) => one.department_id === department);
  const [session, setSession] = useState('');
  const chosen = offered.find((one) => one.session_id === session) ?? offered[0];
  const [person, setPerson] = useState(empty);
  const [kind, setKind] = useState<(typeof documentTypes)[number]>('resident_id');
  const [reason, setReason] = useState<(typeof referralReasons)[number]>('beyond');
  const [urgency, setUrgency] = useState<(typeof urgencies)[number]>('routine');
  const [done, setDone] = useState<Result & { name: string; time: ReferralTime }>();
  const send = useAction(async (key) => {
    if (!chosen) return;
    const { session_id } = chosen;
    const body = { ...person, document_type: kind, session_id, reason, urgency };
    const result = await post<Result>('/api/staff/referrals', body, key);
    setDone({ ...result, name: person.name, time: chosen });
    setPerson(empty);
    props.onSent();
  });
  const text = (name: 'name' | 'document_number', label: string): ReactElement => (
    <Field
      label={label}
      control={(ties) => (
        <input
          {...ties}
          required
          autoComplete="off"
          maxLength={60}
          value={person[name]}
          onChange={(event) => setPerson({ ...person, [name]: event.target.value })}
        />
      )}
    />
  );
  return (
    <Card>
      <form
        className="stack add-number"
        onSubmit={(event) => {
          event.preventDefault();
          void send.run();
        }}
      >
        {done && <Done result={done} />}
        {text('name', t('refer.name'))}
        <ReferralSelect
          label={t('refer.document-type')}
          value={kind}
          onChange={setKind}
          options={documentTypes.map((one) => [one, t(`doc.${one}`)] as const)}
        />
        {text('document_number', t('refer.document'))}
        <ReferralSelect
          label={t('refer.department')}
          value={department}
          onChange={setDepartment}
          options={departments}
        />
        <ReferralSelect
          label={t('refer.time')}
          value={chosen?.session_id ?? ''}
          onChange={setSession}
          options={offered.map((one) => {
            const state = t(one.at_once ? 'refer.at-once' : 'refer.asks');
            const doctor = one.practitioner_name ?? one.service_name;
            return [one.session_id, t('refer.time-of', { when: when(one), doctor, state })];
          })}
        />
        <ReferralSelect
          label={t('refer.reason')}
          value={reason}
          onChange={setReason}
          options={referralReasons.map((one) => [one, t(`refer-reason.${one}`)] as const)}
        />
        <ReferralSelect
          label={t('refer.urgency')}
          value={urgency}
          onChange={setUrgency}
          options={urgencies.map((one) => [one, t(`refer-urgency.${one}`)] as const)}
        />
        <Note value={person.note} onChange={(note) => setPerson({ ...person, note })} />
        <ProblemNotice problem={send.problem} />
        <Button type="submit" wide busy={send.busy} disabled={!chosen}>
          {t('refer.do')}
        </Button>
      </form>
    </Card>
  );
}

function Note(props: { value: string; onChange: (value: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Field
      label={t('refer.note')}
      hint={t('refer.note-hint')}
      control={(ties) => (
        <textarea
          {...ties}
          rows={3}
          maxLength={500}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    />
  );
}

function Done({ result }: { result: Result & { name: string; time: Place } }): ReactElement {
  const { t } = useConsoleWords();
  const when = useWhen();
  const { time, name, sequence, number_at } = result;
  const place = [time.department_name, time.room].filter(Boolean).join(' ');
  return (
    <Notice tone="good">
      <div role="status">
        <p className="notice-title">
          {result.state === 'given'
            ? t('refer.given', { name, n: sequence ?? '' })
            : t('refer.asked', { name })}
        </p>
        <p>
          {result.state === 'given'
            ? t('refer.given-text', {
                when: when(time),
                at: number_at === null ? '' : hm(number_at),
                place,
              })
            : t('refer.asked-text')}
        </p>
      </div>
    </Notice>
  );
}

/** 「11月27日 周五 上午」. */
function useWhen(): (place: Place) => string {
  const { t, lang } = useConsoleWords();
  return (place) => `${dayText(place.service_date, lang)} ${t(`period.${place.period}`)}`;
}
