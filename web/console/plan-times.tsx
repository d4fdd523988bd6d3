import type { ReactElement } from 'react';
import { Button } from '../shared/ui.tsx';
import { defaultRhythm, demoRhythm } from './plan-rhythm.ts';
import { timePattern } from './plan-values.tsx';
import type { Rhythm, RhythmPoint } from './types.ts';
import { useConsoleWords } from './words.ts';

type Days = Extract<Rhythm, { kind: 'days' }>;
type Seconds = Extract<Rhythm, { kind: 'seconds' }>;

const returns_max = 8;

/** When the draw's steps happen, and when what comes back is drawn again. */
export function PlanTimes(props: {
  rhythm: Rhythm;
  set: (rhythm: Rhythm) => void;
  /** A shadow gives nothing out, so nothing comes back. */
  shadow: boolean;
}): ReactElement | null {
  const { t } = useConsoleWords();
  const { rhythm, set, shadow } = props;
  if (shadow && rhythm.kind === 'seconds') return null;
  const standard = rhythm.kind === 'days' ? defaultRhythm : demoRhythm;
  return (
    <fieldset className="part stack">
      <legend>{t('plan.rhythm')}</legend>
      {rhythm.kind === 'days' ? (
        <DayTimes rhythm={rhythm} set={set} shadow={shadow} />
      ) : (
        <SecondTimes rhythm={rhythm} set={set} />
      )}
      <div className="row">
        {!shadow && (rhythm.returns ?? []).length < returns_max && (
          <Button look="secondary" onClick={() => set(withReturn(rhythm))}>
            {t('plan.return.add')}
          </Button>
        )}
        <Button look="quiet" onClick={() => set(standard)}>
          {t('plan.return.default')}
        </Button>
      </div>
    </fieldset>
  );
}

/** One more return, as late as the last; the person then says when. */
function withReturn(rhythm: Rhythm): Rhythm {
  if (rhythm.kind === 'seconds') {
    const last = rhythm.returns?.at(-1) ?? { wait_s: 240, confirm_s: 600 };
    const next = { ...last, wait_s: last.wait_s + 720 };
    return { ...rhythm, returns: [...(rhythm.returns ?? []), next] };
  }
  const next = {
    close: { days_before: 1, time: '16:05' },
    confirm_by: { days_before: 1, time: '20:00' },
  };
  return { ...rhythm, returns: [...(rhythm.returns ?? []), next] };
}

const points = ['announce', 'close', 'seal_by', 'confirm_by'] as const;

function DayTimes(props: {
  rhythm: Days;
  set: (rhythm: Days) => void;
  shadow: boolean;
}): ReactElement {
  const { t } = useConsoleWords();
  const { rhythm, set } = props;
  const returns = props.shadow ? [] : (rhythm.returns ?? []);
  const change = (at: number, part: Partial<(typeof returns)[number]>): void =>
    set({ ...rhythm, returns: returns.map((one, i) => (i === at ? { ...one, ...part } : one)) });
  const minutes = Math.round(rhythm.offset_s / 60);
  return (
    <>
      <div className="table-wrap">
        <table className="times">
          <thead>
            <tr>
              <th scope="col">{t('plan.step')}</th>
              <th scope="col">{t('plan.days-before')}</th>
              <th scope="col">{t('plan.at-time')}</th>
              <th scope="col">
                <span className="hidden-text">{t('plan.edit')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((name) => (
              <PointRow
                key={name}
                name={t(`plan.point.${name}`)}
                point={rhythm[name]}
                set={(point) => set({ ...rhythm, [name]: point })}
              />
            ))}
            {returns.flatMap((one, at) => [
              <PointRow
                key={`close ${at}`}
                name={t('plan.return.closes', { n: at + 1 })}
                point={one.close}
                set={(close) => change(at, { close })}
                onRemove={() => set({ ...rhythm, returns: returns.filter((_, i) => i !== at) })}
                removeName={t('plan.return.remove', { n: at + 1 })}
              />,
              <PointRow
                key={`confirm ${at}`}
                name={t('plan.return.confirm', { n: at + 1 })}
                point={one.confirm_by}
                set={(confirm_by) => change(at, { confirm_by })}
              />,
            ])}
          </tbody>
        </table>
      </div>
      <p className="small">
        {t('plan.result-text', { n: minutes })}
        {!props.shadow &&
          (returns.length > 0 ? t('plan.returns-text', { n: minutes }) : t('plan.return.none'))}
      </p>
    </>
  );
}

function PointRow(props: {
  name: string;
  point: RhythmPoint;
  set: (point: RhythmPoint) => void;
  onRemove?: () => void;
  removeName?: string;
}): ReactElement {
  const { t } = useConsoleWords();
  const { name, point, set } = props;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <input
          type="number"
          min={1}
          max={60}
          required
          aria-label={`${name} · ${t('plan.days-before')}`}
          value={point.days_before}
          onChange={({ target }) => set({ ...point, days_before: Number(target.value) })}
        />
      </td>
      <td>
        <input
          pattern={timePattern}
          required
          aria-label={`${name} · ${t('plan.at-time')}`}
          value={point.time}
          onChange={({ target }) => set({ ...point, time: target.value })}
        />
      </td>
      <td>
        {props.onRemove && (
          <Button look="quiet" onClick={props.onRemove}>
            {props.removeName}
          </Button>
        )}
      </td>
    </tr>
  );
}

const parts = ['wait_s', 'confirm_s'] as const;

/** The demo's returns, in seconds. */
function SecondTimes(props: { rhythm: Seconds; set: (rhythm: Seconds) => void }): ReactElement {
  const { t } = useConsoleWords();
  const { rhythm, set } = props;
  const returns = rhythm.returns ?? [];
  return (
    <div className="table-wrap">
      <table className="times">
        <tbody>
          {returns.flatMap((one, at) =>
            parts.map((part) => {
              const name = t(`plan.return.${part}`, { n: at + 1 });
              return (
                <tr key={`${at} ${part}`}>
                  <th scope="row">{name}</th>
                  <td>
                    <input
                      type="number"
                      min={1}
                      required
                      aria-label={name}
                      value={one[part]}
                      onChange={({ target }) =>
                        set({
                          ...rhythm,
                          returns: returns.map((old, i) =>
                            i === at ? { ...old, [part]: Number(target.value) } : old,
                          ),
                        })
                      }
                    />
                  </td>
                  <td>
                    {part === 'wait_s' && (
                      <Button
                        look="quiet"
                        onClick={() =>
                          set({ ...rhythm, returns: returns.filter((_, i) => i !== at) })
                        }
                      >
                        {t('plan.return.remove', { n: at + 1 })}
                      </Button>
                    )}
                  </td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}
