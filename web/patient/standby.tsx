import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';
import { Card, LinkButton, Wait } from '../shared/ui.tsx';
import { drawName } from './draw-words.tsx';
import { HospitalSelect, useHospitalChoice } from './hospital-select.tsx';
import { usePatientWords } from './words.ts';

/** 候补: how numbers come back, and those that can be registered for now. */
export function StandbyPage(): ReactElement {
  const { t } = usePatientWords();
  const hospitalId = useHospitalChoice();
  const draws = useLoad(
    hospitalId && `draws/${hospitalId}`,
    () => api<{ draws: Draw[] }>(`/api/draws?hospital_id=${hospitalId}`),
    30_000,
  );
  return (
    <div className="stack">
      <h1>{t('standby.page')}</h1>
      <p className="promise">{t('standby.page-lead')}</p>
      {hospitalId !== null && <HospitalSelect chosen={hospitalId} />}
      <Card title={t('standby.how')}>
        <ul className="bullets">
          {([1, 2, 3] as const).map((n) => (
            <li key={n}>{t(`standby.how-${n}`)}</li>
          ))}
        </ul>
        <div className="row">
          <LinkButton look="secondary" to="/entries">
            {t('nav.entries')}
          </LinkButton>
          <LinkButton look="secondary" to="/draws">
            {t('draws.title')}
          </LinkButton>
        </div>
      </Card>
      <Card title={t('standby.now')}>
        <Wait on={draws}>
          {({ draws: list }) => (
            <Open draws={list.filter(({ kind, state }) => kind === 'batch' && state === 'open')} />
          )}
        </Wait>
      </Card>
      <p className="strong warn-text">{t('unplaced.no-money')}</p>
    </div>
  );
}

function Open({ draws }: { draws: readonly Draw[] }): ReactElement {
  const { t } = usePatientWords();
  if (draws.length === 0) return <p>{t('standby.now-none')}</p>;
  return (
    <ul className="stack">
      {draws.map((draw) => (
        <li key={draw.draw_id} className="stack tight">
          <p>{t('standby.closes-at', { time: mdHm(draw.closes_at) })}</p>
          <LinkButton to={`/draws/${draw.draw_id}/enter`}>
            {t('standby.go', { name: drawName(draw) })}
          </LinkButton>
        </li>
      ))}
    </ul>
  );
}
