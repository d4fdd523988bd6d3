import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Draw, DrawResult } from '../shared/types.ts';
import { Dialog, Wait } from '../shared/ui.tsx';
import type { ShadowReport } from './types.ts';
import { useConsoleWords, type ConsoleWords } from './words.ts';

/** What is published of a draw that has run: counts only. */
export function ResultDialog(props: { draw: Draw; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/draws/${props.draw.draw_id}/result`;
  const result = useLoad(path, () => api<DrawResult>(path));
  return (
    <Dialog title={t('draws.result-of', { code: props.draw.code })} onClose={props.onClose}>
      <Wait on={result}>
        {({ entries, places, classes, returns, attendance }) => (
          <div className="stack">
            <p className="strong">{t('draws.result-all', { entries, places })}</p>
            {classes.length > 1 && (
              <Counts
                heads={[t('draws.result-row'), t('draws.result-entries'), t('draws.result-places')]}
                rows={classes.map((one) => [className(one.id, t), one.entries, one.places])}
              />
            )}
            <ul className="stack tight">
              {returns
                .filter(({ state }) => state === 'drawn')
                .map(({ n, places: back, given }) => (
                  <li key={n}>{t('draws.result-return', { n, places: back, given })}</li>
                ))}
            </ul>
            {attendance && <p>{t('draws.attendance', attendance)}</p>}
          </div>
        )}
      </Wait>
    </Dialog>
  );
}

function className(id: string, t: ConsoleWords): string {
  return id === 'general' ? t('draws.class.general') : id;
}

/** Who got a number in order, beside whom the draw would have served; counts only. */
export function ShadowDialog(props: { draw: Draw; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/draws/${props.draw.draw_id}/shadow`;
  const report = useLoad(path, () => api<ShadowReport>(path));
  return (
    <Dialog title={t('shadow.title', { code: props.draw.code })} onClose={props.onClose}>
      <Wait on={report}>
        {(found) => (
          <div className="stack">
            <p>{t('shadow.lead', { places: found.places, entries: found.entries })}</p>
            <Counts
              heads={[
                t('shadow.group'),
                t('shadow.entries'),
                t('shadow.in-order'),
                t('shadow.by-draw'),
              ]}
              rows={[
                ...found.groups.map((one) => [
                  t(`shadow.${one.group}`),
                  one.entries,
                  one.in_order,
                  one.by_draw,
                ]),
                [t('shadow.all'), found.entries, found.served_in_order, found.served_by_draw],
              ]}
            />
            <p>{t('shadow.both', { n: found.served_by_both })}</p>
            <p className="small">{t('shadow.nobody')}</p>
          </div>
        )}
      </Wait>
    </Dialog>
  );
}

/** A small table of counts, its first column naming the rows. */
function Counts(props: {
  heads: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}): ReactElement {
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(([name, ...counts]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {counts.map((count, at) => (
                <td key={at} className="number">
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
