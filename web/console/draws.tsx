import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { drawTone } from '../shared/states.ts';
import type { Draw } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Empty,
  Facts,
  Field,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { AnnounceForm } from './announce-form.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

export function DrawsPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const draws = useLoad('draws', () => api<{ draws: Draw[] }>('/api/staff/draws'), 5_000);
  return (
    <div className="stack">
      <h1>{t('nav.draws')}</h1>
      <p className="soft">{t('draws.lead')}</p>
      {may('plan.write') && <AnnounceForm onDone={draws.reload} />}
      <Wait on={draws}>
        {({ draws: list }) =>
          list.length === 0 ? (
            <Empty title={t('draws.none')} />
          ) : (
            <ul className="cards">
              {inProgressFirst(list).map((draw) => (
                <li key={draw.draw_id}>
                  <DrawCard draw={draw} reload={draws.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      {may('draw.beacon') && <BeaconForm onDone={draws.reload} />}
    </div>
  );
}

const order = ['open', 'sealed', 'announced', 'drawn', 'burnt', 'closed'];

/** What is under way stands first, newest within each state. */
function inProgressFirst(draws: readonly Draw[]): Draw[] {
  return [...draws].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.number - a.number,
  );
}

/** The next moment of a draw, and what it is. */
function nextStep(draw: Draw): ['opens' | 'closes' | 'result' | 'confirm', string] | null {
  if (draw.state === 'announced') return ['opens', draw.opens_at];
  if (draw.state === 'open') return ['closes', draw.closes_at];
  if (draw.state === 'sealed') return ['result', draw.round_at];
  if (draw.state === 'drawn' && draw.confirm_until) return ['confirm', draw.confirm_until];
  return null;
}

function DrawCard({ draw, reload }: { draw: Draw; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const step = nextStep(draw);
  const hash = (text: string | null): ReactElement => (
    <span className="mono">{text === null ? '—' : `${text.slice(0, 16)}…`}</span>
  );
  return (
    <Card
      title={draw.code}
      aside={<Tag tone={drawTone[draw.state]}>{t(`draw.${draw.state}`)}</Tag>}
    >
      {step && (
        <p className="strong">
          {t(`draws.${step[0]}`)} {mdHm(step[1])}（
          <Countdown key={step[1]} until={step[1]} onOver={reload} />）
        </p>
      )}
      <ul className="stack tight">
        {draw.sessions.map((session) => (
          <li key={session.session_id}>
            {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
            {session.practitioner_name ?? session.service_name} ·{' '}
            {t('draws.places', { n: session.places })}
          </li>
        ))}
      </ul>
      <Facts
        rows={[
          [t('draws.entries'), draw.entries ?? t('draws.entries-later')],
          [
            t('draws.beacon'),
            `${draw.beacon.kind} · ${draw.round ?? '—'}${draw.beacon.independent ? '' : ` · ${t('draws.not-independent')}`}`,
          ],
          [t('draws.manifest'), hash(draw.manifest_hash)],
          [t('draws.seal'), hash(draw.seal)],
          [t('draws.seed'), hash(draw.seed)],
        ]}
      />
      {draw.state === 'burnt' && <Notice tone="warn">{t('draws.burnt')}</Notice>}
      <p>
        <a href={`/api/draws/${draw.draw_id}/bundle.zip`} download>
          {t('draws.bundle')}
        </a>
      </p>
    </Card>
  );
}

/** For hospitals without a way out: the beacon's round is read elsewhere and typed in here. */
function BeaconForm({ onDone }: { onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [round, setRound] = useState('');
  const [signature, setSignature] = useState('');
  const [done, setDone] = useState(false);
  const send = useAction(async (key) => {
    setDone(false);
    await post('/api/staff/beacon-rounds', { round: Number(round), signature }, key);
    setDone(true);
    onDone();
  });
  return (
    <Card title={t('beacon.title')}>
      <p className="small">{t('beacon.text')}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send.run();
        }}
      >
        <Field
          label={t('beacon.round')}
          control={(ties) => (
            <input
              {...ties}
              inputMode="numeric"
              pattern="[0-9]+"
              required
              value={round}
              onChange={(event) => setRound(event.target.value.trim())}
            />
          )}
        />
        <Field
          label={t('beacon.signature')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={3}
              required
              value={signature}
              onChange={(event) => setSignature(event.target.value.trim())}
            />
          )}
        />
        <ProblemNotice problem={send.problem} />
        {done && <Notice tone="good" title={t('beacon.done')} />}
        <Button type="submit" look="secondary" busy={send.busy}>
          {t('beacon.send')}
        </Button>
      </form>
    </Card>
  );
}
