import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Card, Empty, Facts, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const names = [
  'web',
  'wechat',
  'kiosk',
  'phone',
  'window',
  'in_clinic',
  'draw',
  'his',
  'migrated',
] as const;
type Name = (typeof names)[number];

type Report = {
  from: string;
  to: string;
  channels: { channel: Name; bookings: number }[];
  bookings: number;
  not_by_hand: number;
  not_by_hand_per_mille: number | null;
  seen: number;
  booked: number;
  booked_per_mille: number | null;
};
type Callers = { callers: { caller: string; people: number; calls: number; last_at: string }[] };

const percent = (per_mille: number | null): string =>
  per_mille === null ? '—' : `${(per_mille / 10).toFixed(1)}%`;

/** Where bookings come from, and callers who book for many. */
export function ChannelsPage(): ReactElement {
  const { t } = useConsoleWords();
  const report = useLoad('channels', () => api<Report>('/api/staff/channel-report'));
  const callers = useLoad('callers', () => api<Callers>('/api/staff/phone-callers'));
  return (
    <div className="stack">
      <h1>{t('nav.channels')}</h1>
      <p className="soft">{t('channels.lead')}</p>
      <Wait on={report}>{(found) => <Figures report={found} />}</Wait>
      <Card title={t('channels.callers')}>
        <p className="small">{t('channels.callers-text')}</p>
        <Wait on={callers}>
          {({ callers: list }) => (
            <>
              {list.length === 0 && <Empty title={t('channels.callers-none')} />}
              <ul className="bullets">
                {list.map(({ caller, people, calls, last_at }) => (
                  <li key={caller}>
                    {t('channels.caller-line', { caller, people, calls, time: mdHm(last_at) })}
                  </li>
                ))}
              </ul>
            </>
          )}
        </Wait>
      </Card>
    </div>
  );
}

function Figures({ report }: { report: Report }): ReactElement {
  const { t } = useConsoleWords();
  const share = (per_mille: number | null, part: number, all: number): string =>
    `${percent(per_mille)}（${t('channels.of', { part, all })}）`;
  return (
    <Card title={`${report.from} – ${report.to}`}>
      <Facts
        rows={[
          [
            t('channels.not-by-hand'),
            share(report.not_by_hand_per_mille, report.not_by_hand, report.bookings),
          ],
          [t('channels.booked'), share(report.booked_per_mille, report.booked, report.seen)],
        ]}
      />
      <p className="small">{t('channels.not-by-hand-text')}</p>
      <p className="small">{t('channels.booked-text')}</p>
      <h3>{t('channels.by')}</h3>
      <Facts
        rows={report.channels.map(
          ({ channel, bookings }) => [t(`channels.${channel}`), String(bookings)] as const,
        )}
      />
    </Card>
  );
}
