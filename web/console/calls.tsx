import { useRef, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Countdown, Empty, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { callOutcomes, type Call, type CallOutcome } from './types.ts';
import { UnreachedList } from './unreached.tsx';
import { useConsoleWords } from './words.ts';

/** What a row shows once it left the server's list: settled here, or settled elsewhere. */
type Row = { call: Call; settled: CallOutcome | 'gone' | null };

/**
 * Rows keep their place while the list is worked through: the server sorts by urgency, and a row that
 * jumped away under the hand would get the next tap. New people come at the end.
 */
function merge(known: readonly Row[], fresh: readonly Call[]): Row[] {
  const byId = new Map(fresh.map((call) => [call.appointment_id, call]));
  const kept = known.map((row): Row => {
    const call = byId.get(row.call.appointment_id);
    byId.delete(row.call.appointment_id);
    if (call) return { call, settled: null };
    return { call: row.call, settled: row.settled ?? 'gone' };
  });
  return [...kept, ...[...byId.values()].map((call): Row => ({ call, settled: null }))];
}

/** 电话通知: winners to call, one tap for what came of each call. */
export function CallsPage(): ReactElement {
  const { t } = useConsoleWords();
  const rows = useRef<Row[]>([]);
  const list = useLoad(
    'calls',
    async () => {
      const { calls } = await api<{ calls: Call[] }>('/api/staff/calls');
      rows.current = merge(rows.current, calls);
      return rows.current;
    },
    5_000,
  );
  const settle = (id: string, outcome: CallOutcome): void => {
    if (outcome === 'confirmed' || outcome === 'declined') {
      rows.current = rows.current.map((row) =>
        row.call.appointment_id === id ? { ...row, settled: outcome } : row,
      );
      focusNext(id);
    }
    list.reload();
  };
  const sort = (): void => {
    rows.current = [];
    list.reload();
  };
  return (
    <div className="stack">
      <header className="row spread">
        <h1>{t('nav.calls')}</h1>
        <Button look="secondary" onClick={sort}>
          {t('calls.sort')}
        </Button>
      </header>
      <UnreachedList />
      <p className="soft">{t('calls.lead')}</p>
      <Wait on={list}>
        {(found) => (
          <>
            {found.length === 0 && <Empty title={t('calls.none')} />}
            {found.length > 0 && <Count rows={found} />}
            <ol className="calls">
              {found.map((row) => (
                <CallRow key={row.call.appointment_id} row={row} onDone={settle} />
              ))}
            </ol>
          </>
        )}
      </Wait>
    </div>
  );
}

function Count({ rows }: { rows: readonly Row[] }): ReactElement {
  const { t } = useConsoleWords();
  const open = rows.filter(({ settled }) => settled === null).length;
  return (
    <p role="status" className="strong">
      {t('calls.count', { open, done: rows.length - open })}
    </p>
  );
}

/** The buttons of a settled row are gone, so whoever works by keyboard goes on at the next row. */
function focusNext(id: string): void {
  const here = document.getElementById(`call-${id}`);
  here?.nextElementSibling?.querySelector('button')?.focus();
}

function CallRow(props: {
  row: Row;
  onDone: (id: string, outcome: CallOutcome) => void;
}): ReactElement {
  const { t, lang } = useConsoleWords();
  const { call, settled } = props.row;
  const who = call.age === null ? '' : t('calls.age', { n: call.age });
  return (
    <li id={`call-${call.appointment_id}`} className={`call${settled ? ' settled' : ''}`}>
      <div className="call-who">
        <p className="row">
          <span className="strong large">{call.name_masked}</span>
          <span>{who}</span>
          {!settled && call.must_call && call.calls === 0 && (
            <Tag tone="bad">{t('calls.must')}</Tag>
          )}
          {call.calls > 0 && (
            <Tag tone="wait">
              {t('calls.tried', { n: call.calls })}
              {call.last_outcome && ` · ${t(`calls.${call.last_outcome}`)}`}
            </Tag>
          )}
        </p>
        <p>
          {dayText(call.service_date, lang)} {t(`period.${call.period}`)} · {call.department_name} ·{' '}
          {call.service_name}
        </p>
        {!settled && (
          <p className="soft">
            {t('calls.until')} {mdHm(call.hold_until)} · {t('calls.left')}{' '}
            <Countdown until={call.hold_until} />
          </p>
        )}
      </div>
      {settled === null ? (
        <CallActs call={call} onDone={props.onDone} />
      ) : (
        <p className="strong">
          {settled === 'confirmed' || settled === 'declined'
            ? t(`calls.done.${settled}`)
            : t('calls.gone')}
        </p>
      )}
    </li>
  );
}

const looks = { confirmed: 'primary', declined: 'danger' } as const;

function CallActs(props: {
  call: Call;
  onDone: (id: string, outcome: CallOutcome) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { appointment_id: id, name_masked: name } = props.call;
  const [phone, setPhone] = useState<string | null | undefined>();
  const show = useAction(async (key) => {
    const reply = await post<{ phone: string | null }>(
      `/api/staff/appointments/${id}/phone`,
      {},
      key,
    );
    setPhone(reply.phone);
  });
  const log = useAction(async (key, outcome: CallOutcome) => {
    await post(`/api/staff/appointments/${id}/call-log`, { outcome }, key);
    props.onDone(id, outcome);
  });
  return (
    <div className="call-acts">
      <div className="row">
        {phone === undefined ? (
          <Button
            look="secondary"
            busy={show.busy}
            aria-label={t('calls.phone-of', { name })}
            onClick={() => void show.run()}
          >
            {t('calls.phone')}
          </Button>
        ) : (
          <output className="phone">{phone ?? t('calls.no-number')}</output>
        )}
        <span className="row" role="group" aria-label={t('calls.outcomes', { name })}>
          {callOutcomes.map((outcome) => (
            <Button
              key={outcome}
              look={
                outcome === 'confirmed' || outcome === 'declined' ? looks[outcome] : 'secondary'
              }
              disabled={log.busy}
              onClick={() => void log.run(outcome)}
            >
              {t(`calls.${outcome}`)}
            </Button>
          ))}
        </span>
      </div>
      <ProblemNotice problem={show.problem ?? log.problem} />
    </div>
  );
}
