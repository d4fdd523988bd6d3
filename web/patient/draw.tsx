import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Link, useParams } from '../shared/router.tsx';
import { drawTone } from '../shared/states.ts';
import type { Draw, Entry } from '../shared/types.ts';
import { Card, Facts, LinkButton, Notice, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { DrawResultCard } from './draw-result.tsx';
import { Timetable } from './draw-timetable.tsx';
import { clinicDay, clinicText, drawName, LastOdds, TimeLeft } from './draw-words.tsx';
import { usePatientWords } from './words.ts';

/** One draw for anybody: its rules, its hours, and what came of it. */
export function DrawPage(): ReactElement {
  const { drawId = '' } = useParams();
  const draw = useLoad(drawId, () => api<Draw>(`/api/draws/${drawId}`), 15_000);
  return (
    <div className="stack">
      <Wait on={draw}>{(data) => <DrawView draw={data} />}</Wait>
    </div>
  );
}

function DrawView({ draw }: { draw: Draw }): ReactElement {
  const { t, lang } = usePatientWords();
  const shadow = draw.kind === 'shadow';
  return (
    <>
      <header className="stack tight">
        <p className="small">
          <Link to="/draws">{t('draws.title')}</Link>
        </p>
        <div className="row spread">
          <h1>{drawName(draw)}</h1>
          <Tag tone={drawTone[draw.state]}>{t(`draw.${draw.state}`)}</Tag>
        </div>
        <p className="soft">{t('draws.day', { day: dayText(clinicDay(draw), lang) })}</p>
      </header>
      <ShadowNotice draw={draw} />
      {draw.state === 'burnt' && <Notice tone="warn">{t('draw-page.burnt')}</Notice>}
      <Card tone="raised" title={t(shadow ? 'shadow.heading' : 'draw.heading')}>
        {!shadow && <p className="promise">{t('draw.promise')}</p>}
        <Now draw={draw} />
        <Eligibility draw={draw} />
      </Card>
      {(draw.state === 'drawn' || draw.state === 'closed') && <DrawResultCard draw={draw} />}
      <Sessions draw={draw} />
      <Timetable draw={draw} />
      <Trust draw={draw} />
    </>
  );
}

/** Numbers of a shadow draw's clinics go out in order: nobody may take it for a chance of one. */
export function ShadowNotice({ draw }: { draw: Draw }): ReactElement | null {
  const { t } = usePatientWords();
  if (draw.kind !== 'shadow') return null;
  return (
    <Notice tone="warn" title={t('shadow.title')}>
      <p>{t('shadow.text')}</p>
    </Notice>
  );
}

/** What can be done at this moment. */
function Now({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const early = Date.parse(draw.opens_at) > serverNow();
  const mine = useMyEntries(draw.draw_id);
  return (
    <>
      {draw.state === 'open' && (
        <>
          <p>
            {t('draws.left')} <TimeLeft until={draw.closes_at} />
          </p>
          <LastOdds draw={draw} />
          <LinkButton wide to={`/draws/${draw.draw_id}/enter`}>
            {t(draw.kind === 'shadow' ? 'shadow.enter' : 'draws.enter')}
          </LinkButton>
        </>
      )}
      {draw.state === 'announced' && (
        <>
          <p>
            {t(early ? 'draws.left-open' : 'draw.sealing')}{' '}
            {early && <TimeLeft until={draw.opens_at} />}
          </p>
          <LastOdds draw={draw} />
        </>
      )}
      {draw.state === 'sealed' && (
        <p>
          {t('draw-page.sealed', { n: draw.entries ?? '—' })} <TimeLeft until={draw.round_at} />
        </p>
      )}
      {mine.map((entry) => (
        <p key={entry.e} className="row spread mine">
          <span>{t('draw-page.mine', { name: entry.patient.name_masked })}</span>
          <Link className="button secondary" to={`/entries/${entry.e}`}>
            {t('draw-page.mine-go')}
            <span className="hidden-text"> {entry.patient.name_masked}</span>
          </Link>
        </p>
      ))}
    </>
  );
}

/** The entries that people of this account have in the draw. */
function useMyEntries(draw_id: string): Entry[] {
  const { me } = useCommon();
  const entries = useLoad(me ? 'entries' : null, () => api<{ entries: Entry[] }>('/api/entries'));
  return (entries.data?.entries ?? []).filter(
    (entry) => entry.draw_id === draw_id && entry.state !== 'withdrawn',
  );
}

export function Eligibility({ draw }: { draw: Draw }): ReactElement | null {
  const { t } = usePatientWords();
  if (draw.eligibility === 'open') return null;
  return <p className="strong">{t(`eligible.${draw.eligibility}`)}</p>;
}

function Sessions({ draw }: { draw: Draw }): ReactElement {
  const { t, lang } = usePatientWords();
  const shadow = draw.kind === 'shadow';
  return (
    <Card title={t(shadow ? 'shadow.sessions' : 'draw-page.sessions')}>
      <ul className="stack tight">
        {draw.sessions.map((session) => (
          <li key={session.session_id} className="session-row session-line">
            <span>
              <span className="strong">{clinicText(session)}</span>{' '}
              <span className="soft">
                {dayText(session.service_date, lang)} {t(`period.${session.period}`)} ·{' '}
                {session.campus_name}
              </span>
            </span>
            {!shadow && <span className="strong">{t('wish.places', { n: session.places })}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const files = ['manifest.json', 'published.json', 'seal.json', 'beacon.json', 'counts.json'];

/** Why nobody has to be believed: the randomness, the witnesses, the files. */
function Trust({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const mine = useMyEntries(draw.draw_id)[0];
  const folder = `/api/draws/${draw.draw_id}`;
  const run = draw.state === 'drawn' || draw.state === 'closed';
  return (
    <Card title={t('trust.title')}>
      <Facts
        rows={[
          [
            t('trust.beacon'),
            t(`beacon.${draw.beacon.kind as 'city' | 'dice' | 'drand' | 'demo'}`),
          ],
          [
            t('trust.witnesses'),
            draw.witnesses === 0
              ? t('trust.witnesses-none')
              : t('trust.witnesses-n', { n: draw.witnesses }),
          ],
          [
            t('trust.pool'),
            t(draw.pool === 'public' ? 'trust.pool-public' : 'trust.pool-entrants'),
          ],
        ]}
      />
      {!draw.beacon.independent && <Notice tone="warn">{t('verify.demo-beacon')}</Notice>}
      {mine ? (
        <LinkButton look="secondary" to={`/entries/${mine.e}/verify`}>
          {t('verify.title')}
        </LinkButton>
      ) : (
        <p className="small">{t('trust.verify-how')}</p>
      )}
      <details>
        <summary>{t('trust.files')}</summary>
        <div className="stack tight">
          {draw.seal !== null && (
            <p className="small">
              {t('verify.seal')} <span className="mono">{draw.seal}</span>
            </p>
          )}
          <ul className="row">
            {files.slice(0, run ? files.length : draw.seal === null ? 2 : 3).map((file) => (
              <li key={file}>
                <a
                  className="button secondary mono"
                  href={`${folder}/bundle/${file}`}
                  download={file}
                >
                  {file}
                </a>
              </li>
            ))}
            {(draw.pool === 'public' || mine) && (
              <li>
                <a className="button secondary" href={`${folder}/bundle.zip`} download>
                  {t('verify.bundle')}
                </a>
              </li>
            )}
            <li>
              <a
                className="button secondary"
                href={`${folder}/bundle/verify.html`}
                download="verify.html"
              >
                {t('trust.verifier')}
              </a>
            </li>
          </ul>
        </div>
      </details>
      <p className="small">
        {t('draw.code')} <span className="mono">{draw.code}</span>
      </p>
    </Card>
  );
}
