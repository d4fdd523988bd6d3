import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import { Button, Card, Dialog, Empty, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { Line, Pick } from './helpers-forms.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Archive = {
  archive_id: string;
  hospital_id: string;
  number_masked: string;
  chosen: boolean;
  checked: boolean;
};

/** 病历号 and 就诊卡号 of one person. */
export function ArchivesPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('archive.title')}>
      <Archives />
    </SignedIn>
  );
}

function Archives(): ReactElement {
  const { t } = usePatientWords();
  const { patientId = '' } = useParams();
  const path = `/api/patients/${patientId}/archives`;
  const archives = useLoad(path, () => api<{ archives: Archive[] }>(path));
  return (
    <>
      <p className="soft">{t('archive.lead')}</p>
      <Wait on={archives}>
        {({ archives: list }) => (
          <>
            {list.length === 0 && <Empty title={t('archive.none')} />}
            <ul className="stack">
              {list.map((one) => (
                <li key={one.archive_id} className="card">
                  <ArchiveRow one={one} path={path} reload={archives.reload} />
                </li>
              ))}
            </ul>
            <Card title={t('archive.add-title')}>
              <AddArchive path={path} onAdded={archives.reload} />
            </Card>
          </>
        )}
      </Wait>
    </>
  );
}

function ArchiveRow(props: { one: Archive; path: string; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [open, setOpen] = useState(false);
  const { one, reload } = props;
  const at = `${props.path}/${one.archive_id}`;
  const choose = useAction(async (key) => {
    await post(`${at}/choose`, {}, key);
    reload();
  });
  const remove = useAction(async () => {
    await api(at, { method: 'DELETE' });
    setOpen(false);
    reload();
  });
  const number = one.number_masked;
  return (
    <div className="stack tight">
      <p className="strong mono">{t('archive.number', { number })}</p>
      <p className="soft">{hospitals.data?.find(({ id }) => id === one.hospital_id)?.name}</p>
      <div className="row">
        {one.chosen && <Tag tone="good">{t('archive.default')}</Tag>}
        {!one.checked && <Tag tone="wait">{t('archive.waiting')}</Tag>}
        {one.checked && !one.chosen && (
          <Button look="secondary" busy={choose.busy} onClick={() => void choose.run()}>
            {t('archive.choose')}
          </Button>
        )}
        <Button look="quiet" onClick={() => setOpen(true)}>
          {t('archive.remove')}
        </Button>
      </div>
      <ProblemNotice problem={choose.problem} />
      {open && (
        <Dialog title={t('archive.remove-title', { number })} onClose={() => setOpen(false)}>
          <p>{t('archive.remove-text')}</p>
          <ProblemNotice problem={remove.problem} />
          <div className="row">
            <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
              {t('archive.remove')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('archive.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function AddArchive(props: { path: string; onAdded: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [chosen, setChosen] = useState('');
  const [number, setNumber] = useState('');
  const [state, setState] = useState<'asked' | 'known' | null>(null);
  const hospital_id = chosen || (hospitals.data?.[0]?.id ?? '');
  const add = useAction(async (key) => {
    const asked = { hospital_id, number };
    setState((await post<{ state: 'asked' | 'known' }>(props.path, asked, key)).state);
    setNumber('');
    props.onAdded();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setState(null);
        void add.run();
      }}
    >
      <Pick
        label={t('archive.hospital')}
        value={hospital_id}
        options={(hospitals.data ?? []).map(({ id, name }) => [id, name] as const)}
        onChange={setChosen}
      />
      <Line
        label={t('archive.field')}
        hint={t('archive.hint')}
        maxLength={40}
        value={number}
        onChange={setNumber}
      />
      <p className="small">{t('archive.check')}</p>
      <ProblemNotice problem={add.problem} />
      {state !== null && <Notice tone="good">{t(`archive.${state}`)}</Notice>}
      <Button type="submit" wide busy={add.busy}>
        {t('archive.add')}
      </Button>
    </form>
  );
}
