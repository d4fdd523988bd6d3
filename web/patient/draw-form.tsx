import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { addDays, dayOf, hm, mdHm } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { drawTone } from '../shared/states.ts';
import type { Draw } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Facts,
  LinkButton,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { useBesides } from './besides.ts';
import { Eligibility, ShadowNotice } from './draw.tsx';
import { LastOdds, TimeLeft } from './draw-words.tsx';
import { useEnter, type Choice } from './enter.ts';
import { PatientPicker } from './patient-picker.tsx';
import { Preferences } from './preferences.tsx';
import { NoticeBox, WISH_DAYS, WildcardChoice, WishBox } from './draw-options.tsx';
import { ReviewGate } from './reviews.tsx';
import { UrgentFirst } from './urgent-first.tsx';
import { usePatientWords } from './words.ts';

export function DrawForm(props: { drawId: string; sessionId: string | null }): ReactElement {
  const { t } = usePatientWords();
  const draw = useLoad(props.drawId, () => api<Draw>(`/api/draws/${props.drawId}`), 15_000);
  return (
    <Wait on={draw}>
      {(data) => (
        <>
          <ShadowNotice draw={data} />
          <Card
            tone="raised"
            title={t(data.kind === 'shadow' ? 'shadow.heading' : 'draw.heading')}
            aside={<Tag tone={drawTone[data.state]}>{t(`draw.${data.state}`)}</Tag>}
          >
            {data.kind !== 'shadow' && <p className="promise">{t('draw.promise')}</p>}
            <DrawTimes draw={data} onOver={draw.reload} />
            <Eligibility draw={data} />
          </Card>
          {data.state !== 'open' && data.state !== 'announced' && (
            <>
              <p>{t('draw.over')}</p>
              <LinkButton to="/entries" look="secondary">
                {t('nav.entries')}
              </LinkButton>
            </>
          )}
          {(data.state === 'open' || data.state === 'announced') && (
            <UrgentBeforeDraw draw={data} sessionId={props.sessionId} />
          )}
          {data.state === 'open' && <EntryForm draw={data} sessionId={props.sessionId} />}
        </>
      )}
    </Wait>
  );
}

function UrgentBeforeDraw(props: { draw: Draw; sessionId: string | null }): ReactElement | null {
  const sessionId = props.sessionId ?? props.draw.sessions[0]?.session_id;
  return sessionId === undefined ? null : <UrgentFirst sessionId={sessionId} />;
}

/** When registration closes and when the result is known, counting down. */
export function DrawTimes(props: { draw: Draw; onOver: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { draw, onOver } = props;
  const closed = Date.parse(draw.closes_at) <= serverNow();
  const before = draw.state === 'announced' && !closed;
  const sealing = draw.state === 'announced' && closed;
  const rows: (readonly [string, ReactElement])[] = [];
  const at = (instant: string): ReactElement => (
    <span>
      {mdHm(instant)}（<Countdown key={instant} until={instant} onOver={onOver} />）
    </span>
  );
  if (before) rows.push([t('draw.opens'), at(draw.opens_at)]);
  if (before || draw.state === 'open') rows.push([t('draw.closes'), at(draw.closes_at)]);
  if (before || sealing || draw.state === 'open' || draw.state === 'sealed')
    rows.push([t('draw.result'), at(draw.round_at)]);
  if (
    draw.confirm_until &&
    draw.kind !== 'shadow' &&
    draw.state !== 'drawn' &&
    draw.state !== 'closed'
  )
    rows.push([t('draw.confirm'), <span>{mdHm(draw.confirm_until)}</span>]);
  rows.push([
    t('draw.code'),
    <Link className="mono" to={`/draws/${draw.draw_id}`}>
      {draw.code}
    </Link>,
  ]);
  return (
    <>
      <Facts rows={rows} />
      {(before || draw.state === 'open') && <LastOdds draw={draw} />}
      {sealing && <p>{t('draw.sealing')}</p>}
      {draw.state === 'sealed' && (
        <p>{t('draw.sealed-text', { time: hm(draw.round_at), n: draw.entries ?? '—' })}</p>
      )}
    </>
  );
}

function EntryForm(props: { draw: Draw; sessionId: string | null }): ReactElement {
  const { t } = usePatientWords();
  const { draw } = props;
  const only = draw.sessions.length === 1 ? draw.sessions[0] : undefined;
  const first = draw.sessions.find(({ session_id }) => session_id === props.sessionId) ?? only;
  const [patient, setPatient] = useState<string | null>(null);
  const [choice, setChoice] = useState<Choice>({
    preferences: first ? [first.session_id] : [],
    wildcard: null,
    notice_days: noticeDays(draw),
    // The promise says so: whoever gets no number takes part in the next draw, unless they say no.
    wish_until:
      draw.eligibility === 'open' && draw.kind !== 'shadow'
        ? addDays(dayOf(serverNow()), WISH_DAYS)
        : null,
  });
  const enter = useEnter(draw);
  const empty = choice.preferences.length === 0 && choice.wildcard === null;
  return (
    <>
      <ChoiceForm draw={draw} choice={choice} onChange={setChoice} />
      <Card title={t('order.patient')}>
        <PatientPicker chosen={patient} onChoose={setPatient} />
        <p className="small">{t('enter.each-person')}</p>
      </Card>
      <ReviewGate draw={draw} patientId={patient}>
        {draw.eligibility === 'open' && draw.kind !== 'shadow' && (
          <Card title={t('standing.next')}>
            <WishBox draw={draw} choice={choice} onChange={setChoice} />
          </Card>
        )}
        <EnterRules draw={draw} />
        <ProblemNotice problem={enter.problem} />
        {enter.problem?.code === 'release/restricted' && (
          <LinkButton to="/limits" look="secondary" wide>
            {t('limits.link')}
          </LinkButton>
        )}
        <p className="center">
          {t('draws.left')} <TimeLeft until={draw.closes_at} />
        </p>
        <Button
          wide
          busy={enter.busy}
          disabled={patient === null || empty}
          onClick={() => patient !== null && void enter.run(patient, choice)}
        >
          {t(draw.kind === 'shadow' ? 'shadow.enter' : 'draw.enter')}
        </Button>
        {(patient === null || empty) && (
          <p className="small">{t(empty ? 'wish.none' : 'order.choose-patient')}</p>
        )}
      </ReviewGate>
    </>
  );
}

/** Two days' notice unless the returns themselves come the day before: then a day must do. */
function noticeDays({ returns, sessions }: Draw): number {
  const day = sessions[0]?.service_date;
  const first = returns[0]?.round_at;
  return day && first && dayOf(first) >= addDays(day, -1) ? 1 : 2;
}

/** The ordered list with what may stand at its end and how short a notice will do. */
export function ChoiceForm(props: {
  draw: Draw;
  choice: Choice;
  onChange: (choice: Choice) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { draw, choice, onChange } = props;
  return (
    <Card title={t('draw.preferences')}>
      <p className="strong">{t('draw.true-order')}</p>
      <Preferences
        sessions={draw.sessions}
        chosen={choice.preferences}
        onChange={(preferences) => onChange({ ...choice, preferences })}
        max={choice.wildcard === null ? 10 : 9}
      />
      {draw.wildcards && <WildcardChoice choice={choice} onChange={onChange} />}
      {draw.kind !== 'shadow' && draw.returns.length > 0 && (
        <NoticeBox choice={choice} onChange={onChange} />
      )}
    </Card>
  );
}

function EnterRules({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const besides = useBesides(draw.sessions[0]?.session_id ?? null).data;
  return (
    <Card title={t('rules.title')}>
      <ul className="bullets">
        <li>{t('draw.rule-once')}</li>
        <li>{t('enter.family')}</li>
        <li>{t('draw.rule-withdraw', { time: mdHm(draw.closes_at) })}</li>
        {draw.kind === 'shadow' ? <li>{t('shadow.rule')}</li> : <li>{t('draw.rule-confirm')}</li>}
        <li>{t('rules.person')}</li>
        {draw.kind !== 'shadow' && <li>{t('draw.rule-price')}</li>}
      </ul>
      {besides && <Link to={`/h/${besides.hospital_id}/rules`}>{t('session.rules')}</Link>}
    </Card>
  );
}
