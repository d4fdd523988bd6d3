import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Button, Empty, Field, Notice, Tag, Wait } from '../shared/ui.tsx';
import './clues.css';
import { CluePanel } from './clues-panel.tsx';
import { states, tones, type Clue, type ClueState, type Figures } from './clues-types.ts';
import { useConsoleWords } from './words.ts';

type Page = { clues: Clue[]; next: string | null; figures: Figures };

/** What people reported, newest first; words and photos only after opening one. */
export function CluesPage(): ReactElement {
  const { t } = useConsoleWords();
  const [open, setOpen] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  if (open !== null)
    return (
      <CluePanel
        clueId={open}
        onBack={() => setOpen(null)}
        onSaved={(receipt) => {
          setSaid(t('clues.saved', { receipt }));
          setOpen(null);
        }}
      />
    );
  return (
    <div className="stack">
      <h1>{t('nav.clues')}</h1>
      <p className="soft">{t('clues.lead')}</p>
      <div role="status">{said !== null && <Notice tone="good">{said}</Notice>}</div>
      <List
        onOpen={(id) => {
          setSaid(null);
          setOpen(id);
        }}
      />
    </div>
  );
}

function List({ onOpen }: { onOpen: (clueId: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [state, setState] = useState<ClueState | ''>('');
  const [before, setBefore] = useState<string | null>(null);
  const query = new URLSearchParams({ ...(state && { state }), ...(before && { before }) });
  const path = `/api/staff/clues?${query}`;
  const page = useLoad(path, () => api<Page>(path), 30_000);
  return (
    <>
      <div className="filters">
        <Field
          label={t('clues.filter')}
          control={(ties) => (
            <select
              {...ties}
              value={state}
              onChange={({ target }) => {
                setBefore(null);
                setState(target.value as ClueState | '');
              }}
            >
              <option value="">{t('clues.all')}</option>
              {states.map((one) => (
                <option key={one} value={one}>
                  {t(`clues.state.${one}`)}
                </option>
              ))}
            </select>
          )}
        />
      </div>
      <Wait on={page}>
        {({ clues, next, figures }) => (
          <>
            <FiguresLine figures={figures} />
            {clues.length === 0 ? (
              <Empty title={t('clues.none')} />
            ) : (
              <Table clues={clues} onOpen={onOpen} />
            )}
            <div className="row">
              {before !== null && (
                <Button look="secondary" onClick={() => setBefore(null)}>
                  {t('clues.newest')}
                </Button>
              )}
              {next !== null && (
                <Button look="secondary" onClick={() => setBefore(next)}>
                  {t('clues.older')}
                </Button>
              )}
            </div>
          </>
        )}
      </Wait>
    </>
  );
}

function FiguresLine({ figures }: { figures: Figures }): ReactElement {
  const { t } = useConsoleWords();
  const { received, waiting, closed, priced, mark_up_median: times } = figures;
  const { asked_min_fen: min, asked_median_fen: median, asked_max_fen: max } = figures;
  return (
    <div>
      <p>{t('clues.figures', { received, waiting, closed })}</p>
      {min !== null && median !== null && max !== null && (
        <p>
          {t('clues.prices', {
            n: priced,
            min: yuan(min),
            median: yuan(median),
            max: yuan(max),
            times: times === null ? '' : t('clues.times', { n: Math.round(times * 10) / 10 }),
          })}
        </p>
      )}
    </div>
  );
}

const heads = ['received', 'category', 'place', 'asked', 'photos', 'state'] as const;

function Table(props: { clues: readonly Clue[]; onOpen: (clueId: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`clues.${head}`)}
              </th>
            ))}
            <th scope="col">{t('clues.open')}</th>
          </tr>
        </thead>
        <tbody>
          {props.clues.map((clue) => (
            <tr key={clue.clue_id}>
              <td className="nowrap">{mdHm(clue.received_at)}</td>
              <td>
                {t(`clues.category.${clue.category}`)}
                {clue.involves_staff && <Tag tone="bad">{t('clues.staff')}</Tag>}
                {clue.same_words > 0 && (
                  <span className="small"> {t('clues.same', { n: clue.same_words })}</span>
                )}
              </td>
              <td>{t(`clues.place.${clue.place_kind}`)}</td>
              <td className="nowrap">{priceText(t, clue)}</td>
              <td className="number">{clue.photos}</td>
              <td>
                <Tag tone={tones[clue.state]}>{t(`clues.state.${clue.state}`)}</Tag>
              </td>
              <td>
                <Button
                  look="secondary"
                  aria-label={t('clues.open-n', { receipt: clue.receipt })}
                  onClick={() => props.onOpen(clue.clue_id)}
                >
                  {t('clues.open')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function priceText(t: ReturnType<typeof useConsoleWords>['t'], clue: Clue): string {
  if (clue.asked_fen === null) return '—';
  const asked = yuan(clue.asked_fen);
  return clue.mark_up === null ? asked : t('clues.mark-up', { asked, n: clue.mark_up });
}
