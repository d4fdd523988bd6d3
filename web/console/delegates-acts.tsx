import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Dialog, Empty, Wait } from '../shared/ui.tsx';
import type { Delegate } from './delegates-types.ts';
import { useConsoleWords } from './words.ts';

type Act = {
  act_id: string;
  kind: 'added' | 'booked';
  name_masked: string;
  document_masked: string;
  acted_at: string;
};

/** The audit of a helper: whom they added and booked for, and when. */
export function DelegateActs(props: { one: Delegate; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/delegates/${props.one.delegate_id}/acts`;
  const acts = useLoad(path, () => api<{ acts: Act[] }>(path));
  const title = t('delegates.acts-title', { name: props.one.name_masked });
  return (
    <Dialog title={title} onClose={props.onClose}>
      <p className="soft">{t('delegates.acts-text')}</p>
      <Wait on={acts}>
        {({ acts: list }) =>
          list.length === 0 ? (
            <Empty title={t('delegates.acts-none')} />
          ) : (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a table that scrolls is reached by key
            <div className="table-wrap" tabIndex={0} role="region" aria-label={title}>
              <table>
                <thead>
                  <tr>
                    <th>{t('delegates.when')}</th>
                    <th>{t('delegates.what')}</th>
                    <th>{t('delegates.patient')}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((act) => (
                    <tr key={act.act_id}>
                      <td>{mdHm(act.acted_at)}</td>
                      <td>{t(`delegates.kind.${act.kind}`)}</td>
                      <td>
                        {act.name_masked} <span className="mono">{act.document_masked}</span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Wait>
    </Dialog>
  );
}
