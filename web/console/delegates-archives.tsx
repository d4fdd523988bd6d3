import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

type Archive = {
  archive_id: string;
  number: string;
  chosen: boolean;
  checked: boolean;
  ended: boolean;
};

/** The archives of a person on the work list: read when asked for, for the read is recorded. */
export function ArchivesToCheck(props: { patient_id: string; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [open, setOpen] = useState(false);
  const path = `/api/staff/patients/${props.patient_id}/archives`;
  const archives = useLoad(open ? path : null, () => api<{ archives: Archive[] }>(path));
  const check = useAction(async (key, archive_id: string, accept: boolean) => {
    await post(`${path}/${archive_id}/check`, { accept }, key);
    archives.reload();
    props.onDone();
  });
  if (!open)
    return (
      <div>
        <Button look="secondary" onClick={() => setOpen(true)}>
          {t('archive-check.show')}
        </Button>
      </div>
    );
  return (
    <Wait on={archives}>
      {({ archives: list }) => (
        <ul className="stack tight">
          {list
            .filter((one) => !one.ended)
            .map((one) => (
              <li key={one.archive_id} className="row">
                <span className="mono">{one.number}</span>
                {one.chosen && <Tag tone="good">{t('archive-check.chosen')}</Tag>}
                {!one.checked && (
                  <>
                    <Tag tone="wait">{t('archive-check.asked')}</Tag>
                    {([true, false] as const).map((accept) => (
                      <Button
                        key={String(accept)}
                        look="secondary"
                        busy={check.busy}
                        onClick={() => void check.run(one.archive_id, accept)}
                      >
                        {t(accept ? 'archive-check.yes' : 'archive-check.no')}
                      </Button>
                    ))}
                  </>
                )}
              </li>
            ))}
          <ProblemNotice problem={check.problem} />
        </ul>
      )}
    </Wait>
  );
}
