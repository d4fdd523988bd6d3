import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { api, post } from '../shared/api.ts';
import { hm, mdHm } from '../shared/format.ts';
import { serverNow, useAction, useLoad } from '../shared/hooks.ts';
import { drawTone } from '../shared/states.ts';
import type { Draw, Entered } from '../shared/types.ts';
import { Button, Card, Countdown, Facts, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { PatientPicker } from './patient-picker.tsx';
import { Preferences } from './preferences.tsx';
import { draftFor, keepReceipt } from './receipts.ts';
import { usePatientWords } from './words.ts';

export function DrawForm(props: { drawId: string; sessionId: string }): ReactElement {
  const { t } = usePatientWords();
  const draw = useLoad(props.drawId, () => api<Draw>(`/api/draws/${props.drawId}`), 15_000);
  return (
    <Wait on={draw}>
      {(data) => (
        <>
          <Card
            tone="raised"
            title={t('draw.heading')}
            aside={<Tag tone={drawTone[data.state]}>{t(`draw.${data.state}`)}</Tag>}
          >
            <p className="promise">{t('draw.promise')}</p>
            <DrawTimes draw={data} onOver={draw.reload} />
          </Card>
          {data.state !== 'open' && data.state !== 'announced' && <p>{t('draw.over')}</p>}
          {data.state === 'open' && <EntryForm draw={data} sessionId={props.sessionId} />}
        </>
      )}
    </Wait>
  );
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
  if (draw.confirm_until && draw.state !== 'drawn' && draw.state !== 'closed')
    rows.push([t('draw.confirm'), <span>{mdHm(draw.confirm_until)}</span>]);
  rows.push([t('draw.code'), <span className="mono">{draw.code}</span>]);
  return (
    <>
      <Facts rows={rows} />
      {draw.last && (
        <p className="small">
          {t('draw.last', { places: draw.last.places, entries: draw.last.entries })}
        </p>
      )}
      {sealing && <p>{t('draw.sealing')}</p>}
      {draw.state === 'sealed' && (
        <p>{t('draw.sealed-text', { time: hm(draw.round_at), n: draw.entries ?? '—' })}</p>
      )}
    </>
  );
}

function EntryForm(props: { draw: Draw; sessionId: string }): ReactElement {
  const { t } = usePatientWords();
  const { draw } = props;
  const navigate = useNavigate();
  const first = draw.sessions.find(({ session_id }) => session_id === props.sessionId);
  const [preferences, setPreferences] = useState<string[]>(first ? [first.session_id] : []);
  const [patient, setPatient] = useState<string | null>(null);
  const enter = useAction(async (key) => {
    if (patient === null) return;
    const draft = await draftFor(draw.draw_id, patient);
    const { nonce, secret_hash } = draft;
    const entered = await post<Entered>(
      `/api/draws/${draw.draw_id}/entries`,
      { patient_id: patient, preferences, nonce, secret_hash },
      key,
    );
    keepReceipt({
      entered,
      draft,
      drawId: draw.draw_id,
      drawCode: draw.code,
      patientId: patient,
    });
    await navigate(`/entries/${entered.e}?new=1`);
  });
  return (
    <>
      <Card title={t('draw.preferences')}>
        <p className="small">{t('draw.true-order')}</p>
        <Preferences sessions={draw.sessions} chosen={preferences} onChange={setPreferences} />
      </Card>
      <Card title={t('order.patient')}>
        <PatientPicker chosen={patient} onChoose={setPatient} />
      </Card>
      <Card title={t('rules.title')}>
        <ul className="bullets">
          <li>{t('draw.rule-once')}</li>
          <li>{t('draw.rule-withdraw', { time: mdHm(draw.closes_at) })}</li>
          <li>{t('draw.rule-confirm')}</li>
          <li>{t('rules.person')}</li>
        </ul>
      </Card>
      <ProblemNotice problem={enter.problem} />
      <Button
        wide
        busy={enter.busy}
        disabled={patient === null || preferences.length === 0}
        onClick={() => void enter.run()}
      >
        {t('draw.enter')}
      </Button>
    </>
  );
}
