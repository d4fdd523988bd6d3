import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Draw, DrawResult } from '../shared/types.ts';
import { Card, Facts, Wait } from '../shared/ui.tsx';
import { OddsText } from './draw-words.tsx';
import { usePatientWords } from './words.ts';

/** How a draw went, in counts: nobody's name and nobody's rank. */
export function DrawResultCard({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const result = useLoad(
    `result/${draw.draw_id}`,
    () => api<DrawResult>(`/api/draws/${draw.draw_id}/result`),
    30_000,
  );
  return (
    <Card title={t('result.title')}>
      <Wait on={result}>
        {(data) => (
          <>
            <p className="figures">
              <span>
                <span className="figure">{data.places}</span> {t('result.places')}
              </span>
              <span>
                <span className="figure">{data.entries}</span> {t('result.entries')}
              </span>
              <span className="strong">
                <OddsText odds={data} />
              </span>
            </p>
            <Classes result={data} />
            {draw.kind !== 'shadow' && <Returns result={data} />}
            <Attendance draw={draw} result={data} />
          </>
        )}
      </Wait>
    </Card>
  );
}

/** The odds of each class, where there is more than one. */
function Classes({ result }: { result: DrawResult }): ReactElement | null {
  const { t } = usePatientWords();
  if (result.classes.length < 2) return null;
  return (
    <table className="table">
      <caption>{t('result.classes')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('result.class')}</th>
          <th scope="col">{t('demand.entries')}</th>
          <th scope="col">{t('result.given')}</th>
          <th scope="col">{t('demand.odds')}</th>
        </tr>
      </thead>
      <tbody>
        {result.classes.map((one) => (
          <tr key={one.id}>
            <th scope="row">{one.id === 'general' ? t('class.general') : one.id}</th>
            <td>{one.entries}</td>
            <td>{one.places}</td>
            <td>
              <OddsText odds={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Returns({ result }: { result: DrawResult }): ReactElement {
  const { t } = usePatientWords();
  const past = result.returns.filter(({ state }) => state === 'drawn' || state === 'empty');
  if (past.length === 0) return <p className="small">{t('result.returns-none')}</p>;
  return (
    <div className="stack tight">
      <h3>{t('result.returns')}</h3>
      <ul className="stack tight">
        {past.map(({ n, state, places, given }) => (
          <li key={n}>
            {state === 'empty'
              ? t('result.return-empty', { n })
              : t('result.return', { n, places, given })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Attendance({ draw, result }: { draw: Draw; result: DrawResult }): ReactElement | null {
  const { t } = usePatientWords();
  const { attendance } = result;
  if (draw.kind === 'shadow') return null;
  if (!attendance) return <p className="small">{t('result.attendance-later')}</p>;
  return (
    <>
      <h3>{t('result.attendance')}</h3>
      <Facts
        rows={[
          [t('result.visits'), String(attendance.given)],
          [t('result.attended'), String(attendance.attended)],
          [t('result.no-show'), String(attendance.no_show)],
        ]}
      />
    </>
  );
}
