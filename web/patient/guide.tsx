import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Empty, Notice, Wait } from '../shared/ui.tsx';
import { HospitalSelect, useHospitalChoice } from './hospital-select.tsx';
import { DepartmentCards, type FoundDepartment } from './search-results.tsx';
import { usePatientWords } from './words.ts';

const ages = ['child', 'adult', 'elder'] as const;
type Guided = { departments: FoundDepartment[]; complaints: string[]; urgent: string[] };

/** 导诊: age and part of the body, then where people usually begin. */
export function GuidePage(): ReactElement {
  const { t } = usePatientWords();
  const hospitalId = useHospitalChoice();
  const [age, setAge] = useState<(typeof ages)[number]>('adult');
  const [part, setPart] = useState<string | null>(null);
  const parts = useLoad('parts', () =>
    api<{ parts: { id: string; name: string }[] }>('/api/guide/parts'),
  );
  return (
    <div className="stack">
      <h1>{t('guide.title')}</h1>
      <p>{t('guide.lead')}</p>
      {hospitalId !== null && <HospitalSelect chosen={hospitalId} />}
      <fieldset className="times">
        <legend className="strong">{t('guide.age')}</legend>
        {ages.map((one) => (
          <label key={one} className="option">
            <input type="radio" name="age" checked={age === one} onChange={() => setAge(one)} />
            <span>{t(`guide.age.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <Wait on={parts}>
        {({ parts: list }) => (
          <fieldset className="times">
            <legend className="strong">{t('guide.part')}</legend>
            {list.map(({ id, name }) => (
              <label key={id} className="option">
                <input
                  type="radio"
                  name="part"
                  checked={part === id}
                  onChange={() => setPart(id)}
                />
                <span>{name}</span>
              </label>
            ))}
          </fieldset>
        )}
      </Wait>
      {part !== null && hospitalId !== null && (
        <Where part={part} age={age} hospitalId={hospitalId} />
      )}
    </div>
  );
}

function Where(props: { part: string; age: string; hospitalId: string }): ReactElement {
  const { t } = usePatientWords();
  const path = `/api/guide?part=${props.part}&age=${props.age}&hospital_id=${props.hospitalId}`;
  const guided = useLoad(path, () => api<Guided>(path));
  return (
    <section className="stack tight" aria-labelledby="where" aria-live="polite">
      <h2 id="where">{t('guide.where')}</h2>
      <Wait on={guided}>
        {({ departments, complaints, urgent }) => (
          <>
            {urgent.length > 0 && (
              <Notice tone="warn">
                <p>{t('guide.urgent', { words: urgent.join('、') })}</p>
                <a href="tel:120" className="button danger">
                  {t('urgent.call')}
                </a>
              </Notice>
            )}
            {departments.length === 0 && <Empty title={t('guide.none')} />}
            <DepartmentCards departments={departments} />
            {complaints.length > 0 && (
              <p className="small">{t('guide.complaints', { words: complaints.join('、') })}</p>
            )}
          </>
        )}
      </Wait>
    </section>
  );
}
