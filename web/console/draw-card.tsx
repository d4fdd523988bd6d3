import { useState, type ReactElement } from 'react';
import { dayText, hm, mdHm } from '../shared/format.ts';
import { drawTone } from '../shared/states.ts';
import type { Draw, DrawReturn } from '../shared/types.ts';
import { Button, Card, Countdown, Facts, Notice, Tag, type Tone } from '../shared/ui.tsx';
import { ResultDialog, ShadowDialog } from './draw-result.tsx';
import { useConsoleWords } from './words.ts';

/** The next moment of a draw, and what it is. */
function nextStep(draw: Draw): ['opens' | 'closes' | 'result' | 'confirm', string] | null {
  if (draw.state === 'announced') return ['opens', draw.opens_at];
  if (draw.state === 'open') return ['closes', draw.closes_at];
  if (draw.state === 'sealed') return ['result', draw.round_at];
  if (draw.state === 'drawn' && draw.kind !== 'shadow' && draw.confirm_until)
    return ['confirm', draw.confirm_until];
  return null;
}

const over = (draw: Draw): boolean => draw.state === 'drawn' || draw.state === 'closed';

/** One draw: where it stands, what is next, its returns, and what of it can be read and downloaded. */
export function DrawCard({ draw, reload }: { draw: Draw; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const [open, setOpen] = useState<'result' | 'shadow' | null>(null);
  const step = nextStep(draw);
  return (
    <Card
      title={draw.code}
      aside={
        <span className="row">
          {draw.kind !== 'first' && <Tag tone="wait">{t(`draws.kind.${draw.kind}`)}</Tag>}
          <Tag tone={drawTone[draw.state]}>{t(`draw.${draw.state}`)}</Tag>
        </span>
      }
    >
      {step && (
        <p className="strong">
          {t(`draws.${step[0]}`)} {mdHm(step[1])}（
          <Countdown key={step[1]} until={step[1]} onOver={reload} />）
        </p>
      )}
      {draw.state === 'burnt' && <Notice tone="warn">{t('draws.burnt')}</Notice>}
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
          [t('draws.eligibility'), t(`plan.eligibility.${draw.eligibility}`)],
          [
            t('draws.beacon'),
            `${draw.beacon.kind} · ${draw.round ?? '—'}${draw.beacon.independent ? '' : ` · ${t('draws.not-independent')}`}`,
          ],
        ]}
      />
      {draw.returns.length > 0 && <Returns returns={draw.returns} />}
      <Hashes draw={draw} />
      <div className="row foot">
        {over(draw) && draw.kind === 'shadow' && (
          <Button look="secondary" onClick={() => setOpen('shadow')}>
            {t('shadow.open')}
          </Button>
        )}
        {over(draw) && draw.kind !== 'shadow' && (
          <Button look="secondary" onClick={() => setOpen('result')}>
            {t('draws.result-open')}
          </Button>
        )}
        <a className="button quiet" href={`/draws/${draw.draw_id}`}>
          {t('draws.public')}
        </a>
        <a className="button quiet" href={`/api/draws/${draw.draw_id}/bundle.zip`} download>
          {t('draws.bundle')}
        </a>
      </div>
      {open === 'result' && <ResultDialog draw={draw} onClose={() => setOpen(null)} />}
      {open === 'shadow' && <ShadowDialog draw={draw} onClose={() => setOpen(null)} />}
    </Card>
  );
}

const returnTone: Record<DrawReturn['state'], Tone> = {
  waiting: 'wait',
  empty: 'muted',
  sealed: 'open',
  drawn: 'good',
  missed: 'bad',
};

function Returns({ returns }: { returns: readonly DrawReturn[] }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <section className="stack tight">
      <h3>{t('draws.returns')}</h3>
      <ol className="stack tight">
        {returns.map((one) => (
          <li key={one.n} className="row spread keep">
            <span className="small">
              {t('draws.return', {
                n: one.n,
                close: mdHm(one.closes_at),
                result: hm(one.round_at),
                confirm: mdHm(one.confirm_until),
              })}
            </span>
            <Tag tone={returnTone[one.state]}>{t(`draws.return-state.${one.state}`)}</Tag>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Hashes({ draw }: { draw: Draw }): ReactElement {
  const { t } = useConsoleWords();
  const hash = (text: string | null): ReactElement => <span className="mono">{text ?? '—'}</span>;
  return (
    <details className="fold">
      <summary>{t('draws.hashes')}</summary>
      <Facts
        rows={[
          [t('draws.manifest'), hash(draw.manifest_hash)],
          [t('draws.seal'), hash(draw.seal)],
          [t('draws.seed'), hash(draw.seed)],
          [t('draws.witnesses'), String(draw.witnesses)],
        ]}
      />
    </details>
  );
}
