import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Field, ProblemNotice } from '../shared/ui.tsx';
import type { Rules, Tried } from './rules-types.ts';
import { useConsoleWords } from './words.ts';

const groups = ['0-13', '14-59', '60+', 'unknown'] as const;

/** Whom these rules would have hit among the hospital's own recent bookings: counts by age. */
export function RulesTry({ rules }: { rules: Rules }): ReactElement {
  const { t } = useConsoleWords();
  const [days, setDays] = useState(90);
  const [tried, setTried] = useState<Tried>();
  const run = useAction(async () => {
    const body = { rules, days };
    setTried(await api<Tried>('/api/staff/rule-sets/dry-run', { method: 'POST', body }));
  });
  return (
    <div className="stack tight">
      <Field
        label={t('rules.days')}
        hint={t('rules.try-hint')}
        control={
          (ties) =>
          <input {...ties} type="number" min={1} max={366} value={days} onChange={(event) => setDays(Number(event.target.value))} /> // prettier-ignore
        }
      />
      <Button look="secondary" busy={run.busy} onClick={() => void run.run()}>
        {t('rules.try')}
      </Button>
      <ProblemNotice problem={run.problem} />
      {tried && <Result tried={tried} />}
    </div>
  );
}

function Result({ tried }: { tried: Tried }): ReactElement {
  const { t } = useConsoleWords();
  const { bookings, refused, refused_persons: persons } = tried;
  const rows = [
    ...tried.rules.map((hit) => ({ ...hit, key: hit.code, name: hit.words, bookings: String(hit.bookings) })), // prettier-ignore
    ...tried.ladders.map((hit) => ({
      ...hit,
      key: `${hit.kind} ${hit.count}`,
      bookings: '–',
      name: t('rules.ladder', { kind: t(`rules.${hit.kind}`), count: hit.count, days: hit.restrict_days }), // prettier-ignore
    })),
  ];
  return (
    <div role="status" className="stack tight">
      <h3>{t('rules.result')}</h3>
      <p>{t('rules.result-all', { bookings, refused, persons })}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('rules.rule')}</th>
            <th scope="col">{t('rules.bookings')}</th>
            <th scope="col">{t('rules.persons')}</th>
            {groups.map((group) => (
              <th key={group} scope="col">
                {group === 'unknown' ? t('rules.unknown') : group}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td>{row.bookings}</td>
              <td>{row.persons}</td>
              {groups.map((group) => (
                <td key={group}>{row.ages[group]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
