import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Card, LinkButton, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { HospitalSelect, useHospitalChoice } from './hospital-select.tsx';
import { usePatientWords } from './words.ts';

type Rules = { sections: { heading: string; lines: string[] }[] };

/** 就诊须知: how to come by the number, what to bring, where to go, and the hospital's own rules. */
export function KnowPage(): ReactElement {
  const { t } = usePatientWords();
  const hospitalId = useHospitalChoice();
  const { hospitals } = useCommon();
  const hospital = hospitals.data?.find(({ id }) => id === hospitalId);
  return (
    <div className="stack">
      <h1>{t('know.title')}</h1>
      {hospitalId !== null && <HospitalSelect chosen={hospitalId} />}
      <Card title={t('know.pick-up')}>
        <Lines lines={([1, 2, 3] as const).map((n) => t(`know.pick-up-${n}`))} />
      </Card>
      <Card title={t('know.bring')}>
        <Lines lines={([1, 2, 3] as const).map((n) => t(`know.bring-${n}`))} />
      </Card>
      {hospital && hospital.campuses.length > 0 && (
        <Card title={t('know.place')}>
          <p>{t('know.place-text')}</p>
          <Lines
            lines={hospital.campuses.map(({ name, address }) =>
              t('near.campus', { campus: name, address: address || hospital.address }),
            )}
          />
        </Card>
      )}
      {hospitalId !== null && <OwnRules hospitalId={hospitalId} />}
    </div>
  );
}

function OwnRules({ hospitalId }: { hospitalId: string }): ReactElement {
  const { t } = usePatientWords();
  const path = `/api/hospitals/${hospitalId}/rules`;
  const rules = useLoad(path, () => api<Rules>(path));
  return (
    <>
      <h2>{t('know.rules')}</h2>
      <Wait on={rules}>
        {({ sections }) => (
          <>
            {sections.map(({ heading, lines }) => (
              <Card key={heading} title={heading}>
                <Lines lines={lines} />
              </Card>
            ))}
          </>
        )}
      </Wait>
      <LinkButton look="secondary" to={`/h/${hospitalId}`}>
        {t('tile.book')}
      </LinkButton>
    </>
  );
}

function Lines({ lines }: { lines: readonly string[] }): ReactElement {
  return (
    <ul className="bullets">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
