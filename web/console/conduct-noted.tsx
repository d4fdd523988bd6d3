import type { ReactElement } from 'react';
import { dayText } from '../shared/format.ts';
import { Tag } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

export type Kind = 'no_show' | 'late_cancel' | 'unconfirmed_win' | 'migrated';
export type Noted = {
  conduct_id: string;
  name_masked: string;
  kind: Kind;
  service_date: string;
  service_name: string;
  department_name: string;
  counts: boolean;
};

/** One visit that was noted, in a line. */
export function NotedLine({ one }: { one: Noted }): ReactElement {
  const { t, lang } = useConsoleWords();
  return (
    <span>
      <span className="strong">{one.name_masked}</span> {t(`conduct.kind.${one.kind}`)} ·{' '}
      {dayText(one.service_date, lang)} {one.department_name} {one.service_name}{' '}
      {!one.counts && <Tag tone="muted">{t('conduct.not-counted')}</Tag>}
    </span>
  );
}
