import type { ReactElement } from 'react';
import { useSearchParams } from '../shared/router.tsx';
import { Field } from '../shared/ui.tsx';
import { useCommon, useHospitalOfPage } from './app-context.tsx';
import { usePatientWords } from './words.ts';

/** The hospital a page is about: the one in the address, else the page's usual one. */
export function useHospitalChoice(): string | null {
  const { hospital } = useCommon();
  const [params] = useSearchParams();
  const chosen = params.get('hospital') ?? hospital?.id ?? null;
  useHospitalOfPage(chosen ?? undefined);
  return chosen;
}

/** Chooses among hospitals where there are several; `all` offers all of them at once. */
export function HospitalSelect(props: { chosen: string; all?: string }): ReactElement | null {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [params, setParams] = useSearchParams();
  if ((hospitals.data?.length ?? 0) < 2) return null;
  return (
    <Field
      label={t('pick.hospital')}
      control={(ties) => (
        <select
          {...ties}
          value={props.chosen}
          onChange={(event) => {
            const next = new URLSearchParams(params);
            next.set('hospital', event.target.value);
            setParams(next, { replace: true });
          }}
        >
          {props.all !== undefined && <option value="">{props.all}</option>}
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
