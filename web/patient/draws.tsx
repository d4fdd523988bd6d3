import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, mdHm } from '../shared/format.ts';
import { serverNow, useLoad, useNow } from '../shared/hooks.ts';
import { Link, useSearchParams } from '../shared/router.tsx';
import { drawTone } from '../shared/states.ts';
import type { Draw } from '../shared/types.ts';
import { Card, Empty, Field, LinkButton, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { clinicDay, drawName, LastOdds, OddsText, placesOf, TimeLeft } from './draw-words.tsx';
import { usePatientWords } from './words.ts';

/** Results shown below the calendar; the draw's own page stays for all of them. */
const RESULTS_MAX = 12;

/** 派号日历: what can be registered for now, what comes, what is awaited, how it went. */
export function DrawsPage(): ReactElement {
  const { t } = usePatientWords();
  const hospitalId = useChosenHospital();
  const draws = useLoad(
    hospitalId && `draws/${hospitalId}`,
    () => api<{ draws: Draw[] }>(`/api/draws?hospital_id=${hospitalId}`),
    15_000,
  );
  return (
    <div className="stack">
      <h1>{t('draws.title')}</h1>
      <p className="promise">{t('draw.promise')}</p>
      <ChooseHospital />
      <Wait on={draws}>{({ draws: list }) => <Calendar draws={list} />}</Wait>
      <div className="row">
        <LinkButton look="secondary" to="/demand">
          {t('demand.title')}
        </LinkButton>
        <LinkButton look="secondary" to="/entries">
          {t('nav.entries')}
        </LinkButton>
      </div>
    </div>
  );
}

function useChosenHospital(): string | null {
  const [params] = useSearchParams();
  const { hospital } = useCommon();
  return params.get('h') ?? hospital?.id ?? null;
}

/** Only where there is something to choose. */
export function ChooseHospital(): ReactElement | null {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [, setParams] = useSearchParams();
  const chosen = useChosenHospital();
  if ((hospitals.data?.length ?? 0) < 2) return null;
  return (
    <Field
      label={t('draws.hospital')}
      control={(ties) => (
        <select
          {...ties}
          value={chosen ?? ''}
          onChange={(event) => setParams({ h: event.target.value }, { replace: true })}
        >
          {hospitals.data?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    />
  );
}

function Calendar({ draws }: { draws: readonly Draw[] }): ReactElement {
  const { t } = usePatientWords();
  useNow(); // a draw that closes moves on without waiting for the next answer
  const now = serverNow();
  const byClosing = [...draws].sort((a, b) => a.closes_at.localeCompare(b.closes_at));
  const before = byClosing.filter(
    ({ state, closes_at }) =>
      (state === 'open' || state === 'announced') && Date.parse(closes_at) > now,
  );
  const open = before.filter(({ opens_at }) => Date.parse(opens_at) <= now);
  const coming = before.filter(({ opens_at }) => Date.parse(opens_at) > now);
  const awaited = byClosing.filter(
    ({ state, closes_at }) =>
      state === 'sealed' ||
      ((state === 'announced' || state === 'open') && Date.parse(closes_at) <= now),
  );
  const over = draws.filter(({ state }) => state === 'drawn' || state === 'closed');
  return (
    <>
      <section className="stack" aria-labelledby="draws-open">
        <h2 id="draws-open">{t('draws.open')}</h2>
        {open.length === 0 && <Empty title={t('draws.open-none')} />}
        <Days draws={open} />
      </section>
      {coming.length > 0 && (
        <section className="stack" aria-labelledby="draws-coming">
          <h2 id="draws-coming">{t('draws.coming')}</h2>
          <Days draws={coming} />
        </section>
      )}
      {awaited.length > 0 && (
        <section className="stack" aria-labelledby="draws-awaited">
          <h2 id="draws-awaited">{t('draws.awaited')}</h2>
          <DrawList draws={awaited} />
        </section>
      )}
      {over.length > 0 && (
        <section className="stack" aria-labelledby="draws-over">
          <h2 id="draws-over">{t('draws.over')}</h2>
          <DrawList draws={over.slice(0, RESULTS_MAX)} />
        </section>
      )}
    </>
  );
}

/** Draws under the day of the clinic they give numbers for. */
function Days({ draws }: { draws: readonly Draw[] }): ReactElement {
  const { t, lang } = usePatientWords();
  const days = [...new Set(draws.map(clinicDay))].sort();
  return (
    <>
      {days.map((day) => (
        <section key={day} className="stack tight" aria-label={dayText(day, lang)}>
          <h3 className="calendar-day">{t('draws.day', { day: dayText(day, lang) })}</h3>
          <ul className="calendar">
            {draws
              .filter((draw) => clinicDay(draw) === day)
              .map((draw) => (
                <li key={draw.draw_id}>
                  <ComingDraw draw={draw} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function ComingDraw({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const open = Date.parse(draw.opens_at) <= serverNow();
  const at = open ? draw.closes_at : draw.opens_at;
  return (
    <Card>
      <p className="choice-title">{drawName(draw)}</p>
      {draw.kind === 'shadow' ? (
        <p>
          <Tag tone="wait">{t('shadow.title')}</Tag>
        </p>
      ) : (
        <p>{t('draws.places', { n: placesOf(draw) })}</p>
      )}
      <p>
        {t(open ? 'draws.closes' : 'draws.opens', { time: mdHm(at) })} <TimeLeft until={at} />
      </p>
      <LastOdds draw={draw} />
      <div className="row">
        {open && (
          <Link className="button primary" to={`/draws/${draw.draw_id}/enter`}>
            {t(draw.kind === 'shadow' ? 'shadow.enter' : 'draws.enter')}
            <span className="hidden-text"> {drawName(draw)}</span>
          </Link>
        )}
        <Link className="button secondary" to={`/draws/${draw.draw_id}`}>
          {t('draws.rules')}
          <span className="hidden-text"> {drawName(draw)}</span>
        </Link>
      </div>
    </Card>
  );
}

/** Draws whose registration is over: one line each, leading to all of it. */
function DrawList({ draws }: { draws: readonly Draw[] }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <ul className="stack tight">
      {draws.map((draw) => (
        <li key={draw.draw_id}>
          <Link to={`/draws/${draw.draw_id}`} className="card choice">
            <span className="row spread">
              <span className="strong">{dayText(clinicDay(draw), lang)}</span>
              <Tag tone={drawTone[draw.state]}>{t(`draw.${draw.state}`)}</Tag>
            </span>
            <span>{drawName(draw)}</span>
            <span className="small">
              {draw.entries === null || draw.state === 'sealed' ? (
                t('draws.result-at', { time: mdHm(draw.round_at) })
              ) : (
                <>
                  {t('odds.now', { places: placesOf(draw), entries: draw.entries })}
                  <OddsText odds={{ places: placesOf(draw), entries: draw.entries }} />
                </>
              )}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
