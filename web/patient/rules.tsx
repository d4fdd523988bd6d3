import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import type { HospitalDetail } from '../shared/types.ts';
import { Card, Wait } from '../shared/ui.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { usePatientWords } from './words.ts';

type Section = { heading: string; lines: string[] };
type Rules = {
  effective_from: string | null;
  sections: Section[];
  next: { effective_from: string; sections: Section[] } | null;
};

/** 预约须知: a hospital's rules in words, for everyone, before signing in. */
export function RulesPage(): ReactElement {
  const { t } = usePatientWords();
  const { hospitalId = '' } = useParams();
  useHospitalOfPage(hospitalId);
  const path = `/api/hospitals/${hospitalId}`;
  const loaded = useLoad(hospitalId, async () => {
    const [hospital, rules] = await Promise.all([
      api<HospitalDetail>(path),
      api<Rules>(`${path}/rules`),
    ]);
    return { hospital, rules };
  });
  return (
    <Wait on={loaded}>
      {({ hospital, rules }) => (
        <div className="stack">
          <h1>{t('rules.of', { name: hospital.name })}</h1>
          {rules.effective_from !== null && (
            <p className="soft">{t('rules.since', { date: rules.effective_from })}</p>
          )}
          <p>{t('rules.price')}</p>
          <Sections sections={rules.sections} />
          {rules.next && (
            <>
              <h2>{t('rules.next', { date: rules.next.effective_from })}</h2>
              <Sections sections={rules.next.sections} />
            </>
          )}
        </div>
      )}
    </Wait>
  );
}

function Sections({ sections }: { sections: readonly Section[] }): ReactElement {
  return (
    <>
      {sections.map(({ heading, lines }) => (
        <Card key={heading} title={heading}>
          <ul className="bullets">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Card>
      ))}
    </>
  );
}
