import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Dialog, Empty, Facts, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx'; // prettier-ignore
import { DelegateActs } from './delegates-acts.tsx';
import type { Delegate } from './delegates-types.ts';
import { useConsoleWords } from './words.ts';

/** 代办人: applications with credential and quota, those who help now, and what they did. */
export function DelegatesPage(): ReactElement {
  const { t } = useConsoleWords();
  const list = useLoad('delegates', () => api<{ delegates: Delegate[] }>('/api/staff/delegates'));
  return (
    <div className="stack">
      <h1>{t('nav.delegates')}</h1>
      <p className="soft">{t('delegates.lead')}</p>
      <Wait on={list}>
        {({ delegates }) => (
          <>
            {(['asked', 'approved'] as const).map((state) => {
              const those = delegates.filter((one) => one.state === state);
              return (
                <section key={state} className="stack">
                  <h2>{t(`delegates.${state}`)}</h2>
                  {those.length === 0 && <Empty title={t(`delegates.none-${state}`)} />}
                  {those.map((one) => (
                    <DelegateCard key={one.delegate_id} one={one} reload={list.reload} />
                  ))}
                </section>
              );
            })}
          </>
        )}
      </Wait>
    </div>
  );
}

function DelegateCard({ one, reload }: { one: Delegate; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const asked = one.state === 'asked';
  return (
    <Card
      title={`${one.name_masked} · ${one.organisation}`}
      aside={<Tag tone={asked ? 'wait' : 'good'}>{t(`helpers.${one.kind}`)}</Tag>}
    >
      <div className="stack tight">
        <Facts
          rows={[
            [t('delegates.document'), one.document_masked],
            [t('delegates.until'), one.valid_until],
            ...(asked ? [] : inUse(one, t)),
          ]}
        />
        {asked ? <Decide one={one} reload={reload} /> : <InUse one={one} reload={reload} />}
      </div>
    </Card>
  );
}

type Words = ReturnType<typeof useConsoleWords>['t'];

function inUse(one: Delegate, t: Words): (readonly [string, string])[] {
  const { day_max: day, month_max: month } = one;
  return [
    [t('delegates.quota'), t('delegates.quota-text', { day, month })],
    [t('delegates.used'), `${one.month_used}/${month}`],
    [t('delegates.patients'), t('delegates.count', { n: one.patients })],
  ];
}

function Decide({ one, reload }: { one: Delegate; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [day, setDay] = useState(one.day_max);
  const [month, setMonth] = useState(one.month_max);
  const [seen, setSeen] = useState(false);
  const decide = useAction(async (key, state: 'approved' | 'refused') => {
    const quota = state === 'approved' ? { day_max: day, month_max: month } : {};
    await post(`/api/staff/delegates/${one.delegate_id}`, { state, ...quota }, key);
    reload();
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void decide.run('approved');
      }}
    >
      <div className="row">
        <Count label={t('helpers.day-max')} max={500} value={day} onChange={setDay} />
        <Count label={t('delegates.month-max')} max={10_000} value={month} onChange={setMonth} />
      </div>
      <label className="option">
        <input
          type="checkbox"
          required
          checked={seen}
          onChange={(event) => setSeen(event.target.checked)}
        />
        <span>{t('delegates.seen')}</span>
      </label>
      <ProblemNotice problem={decide.problem} />
      <div className="row">
        <Button type="submit" busy={decide.busy}>
          {t('helpers.approve')}
        </Button>
        <Button look="secondary" busy={decide.busy} onClick={() => void decide.run('refused')}>
          {t('helpers.refuse')}
        </Button>
      </div>
    </form>
  );
}

function Count(props: {
  label: string;
  max: number;
  value: number;
  onChange: (value: number) => void;
}): ReactElement {
  return (
    <Field
      label={props.label}
      control={(ties) => (
        <input
          {...ties}
          type="number"
          required
          min={1}
          max={props.max}
          value={props.value}
          onChange={(event) => props.onChange(Number(event.target.value))}
        />
      )}
    />
  );
}

function InUse({ one, reload }: { one: Delegate; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [open, setOpen] = useState<'acts' | 'end' | null>(null);
  const close = (): void => setOpen(null);
  const end = useAction(async (key) => {
    await post(`/api/staff/delegates/${one.delegate_id}`, { state: 'ended' }, key);
    close();
    reload();
  });
  return (
    <div className="row">
      <Button look="secondary" onClick={() => setOpen('acts')}>
        {t('delegates.acts')}
      </Button>
      <Button look="quiet" onClick={() => setOpen('end')}>
        {t('helpers.end')}
      </Button>
      {open === 'acts' && <DelegateActs one={one} onClose={close} />}
      {open === 'end' && (
        <Dialog title={`${t('helpers.end')} · ${one.name_masked}`} onClose={close}>
          <p>{t('delegates.end-text')}</p>
          <ProblemNotice problem={end.problem} />
          <div className="row">
            <Button look="danger" busy={end.busy} onClick={() => void end.run()}>
              {t('helpers.end')}
            </Button>
            <Button look="secondary" onClick={close}>
              {t('delegates.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
