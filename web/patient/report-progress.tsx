import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import { Button, Card, Field, LinkButton, Notice, ProblemNotice } from '../shared/ui.tsx';
import { PhotoField, photos_max, sendPhotos } from './report-photos.tsx';
import './report.css';
import { usePatientWords } from './words.ts';

const states = ['received', 'checked', 'handed_over', 'closed'] as const;

type Progress = {
  state: (typeof states)[number];
  handed_to: 'security' | 'police' | 'health' | 'market' | 'internet' | 'discipline' | 'other' | null; // prettier-ignore
  outcome: 'acted' | 'unconfirmed' | 'outside' | 'duplicate' | null;
  received_at: string;
  changed_at: string;
  photos: number;
  reply: string | null;
  has_contact: boolean;
};
type Shown = { receipt: string; code: string };

/** What became of a report, for whoever has its number and code; they stand in no address. */
export function ReportProgressPage(): ReactElement {
  const { t } = usePatientWords();
  const { receipt = '' } = useParams();
  const [shown, setShown] = useState<Shown>({
    receipt: receipt.startsWith('JB') ? receipt : '',
    code: '',
  });
  const [found, setFound] = useState<Progress | null>(null);
  const look = useAction(async () => {
    const asked = { receipt: tidy(shown.receipt), code: tidy(shown.code) };
    const path = `/api/reports/${encodeURIComponent(asked.receipt)}/progress`;
    setFound(await post<Progress>(path, { code: asked.code }));
    setShown(asked);
  });
  if (found)
    return (
      <Found
        shown={shown}
        found={found}
        reload={() => void look.run()}
        onOther={() => setFound(null)}
      />
    );
  return (
    <div className="stack">
      <h1>{t('report.find-title')}</h1>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void look.run();
        }}
      >
        {(['receipt', 'code'] as const).map((name) => (
          <Field
            key={name}
            label={t(`report.${name}`)}
            control={(ties) => (
              <input
                {...ties}
                required
                autoComplete="off"
                autoCapitalize="characters"
                value={shown[name]}
                onChange={({ target }) => setShown({ ...shown, [name]: target.value })}
              />
            )}
          />
        ))}
        <ProblemNotice problem={look.problem} />
        <Button type="submit" wide busy={look.busy}>
          {t('report.find')}
        </Button>
      </form>
      <LinkButton to="/report" look="quiet">
        {t('report.title')}
      </LinkButton>
    </div>
  );
}

/** As people copy it: spaces, small letters, O for 0 and I or L for 1. */
function tidy(text: string): string {
  const plain = text.toUpperCase().replace(/[\s-]/g, '');
  return plain.replaceAll('O', '0').replace(/[IL]/g, '1');
}

function Found(props: {
  shown: Shown;
  found: Progress;
  reload: () => void;
  onOther: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { found, shown } = props;
  const now = states.indexOf(found.state);
  return (
    <div className="stack">
      <h1>{t('report.progress')}</h1>
      <p className="mono">{shown.receipt}</p>
      <ol className="report-steps">
        {states
          .filter((state, at) => at <= now || state !== 'handed_over')
          .filter((state) => state !== 'handed_over' || found.handed_to !== null)
          .map((state) => {
            const at = states.indexOf(state);
            return (
              <li
                key={state}
                className={at <= now ? 'done' : ''}
                aria-current={at === now ? 'step' : undefined}
              >
                {t(`report.state.${state}`)}
                {at === now && t('report.now')}
              </li>
            );
          })}
      </ol>
      <Notice tone="info">
        <p className="strong">{sentence(t, found)}</p>
        <p className="small">
          {t('report.received-at', { time: mdHm(found.received_at) })}
          {'　'}
          {t('report.changed', { time: mdHm(found.changed_at) })}
        </p>
      </Notice>
      <Card title={t('report.reply')}>
        <p className="record">{found.reply ?? t('report.reply-none')}</p>
      </Card>
      {found.state !== 'closed' && <MorePhotos {...props} />}
      {found.has_contact && <Contact {...props} />}
      <Button look="secondary" onClick={props.onOther}>
        {t('report.find-other')}
      </Button>
    </div>
  );
}

function sentence(t: ReturnType<typeof usePatientWords>['t'], found: Progress): string {
  if (found.outcome) return t(`report.says.${found.outcome}`);
  if (found.state === 'handed_over')
    return t('report.says.handed_over', { to: t(`report.to.${found.handed_to ?? 'other'}`) });
  return t(found.state === 'checked' ? 'report.says.checked' : 'report.says.received');
}

function MorePhotos(props: { shown: Shown; found: Progress; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [files, setFiles] = useState<readonly File[]>([]);
  const send = useAction(async () => {
    const problem = (await sendPhotos(props.shown, files)).find((one) => one !== null);
    setFiles([]);
    props.reload();
    if (problem) throw problem;
  });
  const { photos } = props.found;
  return (
    <Card title={t('report.photos-more')}>
      <p>{t('report.photos-count', { n: photos })}</p>
      {photos < photos_max && (
        <PhotoField files={files} max={photos_max - photos} onChange={setFiles} />
      )}
      <ProblemNotice problem={send.problem} />
      {files.length > 0 && (
        <Button busy={send.busy} onClick={() => void send.run()}>
          {t('report.photos-more')}
        </Button>
      )}
    </Card>
  );
}

function Contact(props: { shown: Shown; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { receipt, code } = props.shown;
  const drop = useAction(async () => {
    await post(`/api/reports/${receipt}/forget-contact`, { code });
    props.reload();
  });
  return (
    <Notice>
      <p>{t('report.contact-kept')}</p>
      <ProblemNotice problem={drop.problem} />
      <Button look="secondary" busy={drop.busy} onClick={() => void drop.run()}>
        {t('report.contact-drop')}
      </Button>
    </Notice>
  );
}
