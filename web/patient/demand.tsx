import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { useSearchParams } from '../shared/router.tsx';
import type { DemandMonth } from '../shared/types.ts';
import { Card, Empty, LinkButton, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { OddsText } from './draw-words.tsx';
import { ChooseHospital } from './draws.tsx';
import { usePatientWords } from './words.ts';

/** How scarce the drawn clinics of each department were, by month; no doctor is ever ranked. */
export function DemandPage(): ReactElement {
  const { t } = usePatientWords();
  const [params] = useSearchParams();
  const { hospital } = useCommon();
  const id = params.get('h') ?? hospital?.id ?? null;
  const demand = useLoad(id && `demand/${id}`, () =>
    api<{ months: DemandMonth[] }>(`/api/demand?hospital_id=${id}`),
  );
  return (
    <div className="stack">
      <h1>{t('demand.title')}</h1>
      <p>{t('demand.lead')}</p>
      <ChooseHospital />
      <Wait on={demand}>
        {({ months }) =>
          months.length === 0 ? <Empty title={t('demand.none')} /> : <Months rows={months} />
        }
      </Wait>
      <LinkButton look="secondary" to="/draws">
        {t('draws.title')}
      </LinkButton>
    </div>
  );
}

function Months({ rows }: { rows: readonly DemandMonth[] }): ReactElement {
  const { t, lang } = usePatientWords();
  const months = [...new Set(rows.map(({ month }) => month))].sort().reverse();
  return (
    <>
      {months.map((month) => (
        <Card key={month} title={monthText(month, lang)}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('demand.department')}</th>
                <th scope="col">{t('demand.places')}</th>
                <th scope="col">{t('demand.entries')}</th>
                <th scope="col">{t('demand.odds')}</th>
              </tr>
            </thead>
            <tbody>
              {rows
                .filter((row) => row.month === month)
                .sort((a, b) => a.department_name.localeCompare(b.department_name, 'zh-CN'))
                .map((row) => (
                  <tr key={row.department_name}>
                    <th scope="row">{row.department_name}</th>
                    <td>{row.places}</td>
                    <td>{row.entries}</td>
                    <td>
                      <OddsText odds={row} />
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </Card>
      ))}
    </>
  );
}

/** 2026年11月, or 2026-11. */
function monthText(month: string, lang: string): string {
  const [year = '', number = ''] = month.split('-');
  return lang === 'en' ? month : `${year}年${Number(number)}月`;
}
