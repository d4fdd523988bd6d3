import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Facts, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { fenOf } from './window-money.tsx';
import { useConsoleWords } from './words.ts';

type Moved = { received: number; received_fen: number; refunded: number; refunded_fen: number };
type Shift = Moved & {
  shift_id: string;
  ended_at: string;
  counted_fen: number;
  difference_fen: number;
  note: string | null;
};
type Shifts = { open: Moved & { began_at: string }; shifts: Shift[] };

/** 交班: the drawer beside the books. */
export function ShiftPage(): ReactElement {
  const { t } = useConsoleWords();
  const shifts = useLoad('shift', () => api<Shifts>('/api/staff/cash-shift'));
  return (
    <div className="stack">
      <h1>{t('nav.shift')}</h1>
      <p className="soft">{t('shift.lead')}</p>
      <Wait on={shifts}>
        {({ open, shifts: before }) => (
          <>
            <Count open={open} reload={shifts.reload} />
            <Before shifts={before} />
          </>
        )}
      </Wait>
    </div>
  );
}

const signed = (fen: number): string => (fen < 0 ? `−${yuan(-fen)}` : yuan(fen));

function Count(props: { open: Shifts['open']; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { open } = props;
  const [float, setFloat] = useState('0');
  const [counted, setCounted] = useState('');
  const [note, setNote] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const [float_fen, counted_fen] = [fenOf(float), fenOf(counted)];
  const expected = (float_fen ?? 0) + open.received_fen - open.refunded_fen;
  const difference = counted_fen === null ? null : counted_fen - expected;
  const end = useAction(async (key) => {
    const body = { float_fen, counted_fen, note: note || null };
    const path = '/api/staff/cash-shift';
    const { difference_fen } = await post<{ difference_fen: number }>(path, body, key);
    setSaid(t('shift.done', { fee: signed(difference_fen) }));
    setCounted('');
    setNote('');
    props.reload();
  });
  const field = (label: string, value: string, set: (text: string) => void): ReactElement => (
    <Field
      label={label}
      control={(ties) => (
        <input
          {...ties}
          autoComplete="off"
          value={value}
          onChange={(event) => set(event.target.value)}
        />
      )}
    />
  );
  return (
    <Card title={t('shift.open', { time: mdHm(open.began_at) })}>
      {said && <Notice tone="good" title={said} />}
      <Facts
        rows={[
          [
            t('shift.received'),
            t('shift.count', { n: open.received, fee: yuan(open.received_fen) }),
          ],
          [
            t('shift.refunded'),
            t('shift.count', { n: open.refunded, fee: yuan(open.refunded_fen) }),
          ],
          [t('shift.expected'), signed(expected)],
        ]}
      />
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          void end.run();
        }}
      >
        <div className="filters">
          {field(t('shift.float'), float, setFloat)}
          {field(t('shift.counted'), counted, setCounted)}
          {field(t('shift.note'), note, setNote)}
        </div>
        {difference !== null && (
          <p role="status" className="strong">
            {t('shift.difference')} {difference === 0 ? t('shift.agrees') : signed(difference)}
          </p>
        )}
        <ProblemNotice problem={end.problem} />
        <Button
          type="submit"
          busy={end.busy}
          disabled={difference === null || float_fen === null || (difference !== 0 && note === '')}
        >
          {t('shift.do')}
        </Button>
      </form>
    </Card>
  );
}

function Before({ shifts }: { shifts: Shift[] }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Card title={t('shift.before')}>
      {shifts.length === 0 && <Empty title={t('shift.none')} />}
      <ul className="bullets">
        {shifts.map((shift) => (
          <li key={shift.shift_id}>
            {t('shift.line', {
              time: mdHm(shift.ended_at),
              in: yuan(shift.received_fen),
              out: yuan(shift.refunded_fen),
              counted: yuan(shift.counted_fen),
              difference: signed(shift.difference_fen),
            })}
            {shift.note && ` · ${shift.note}`}
          </li>
        ))}
      </ul>
    </Card>
  );
}
