import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import type { Visit } from '../shared/types.ts';
import { Button, Dialog, Empty, Facts, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Act = {
  visit: Visit;
  made_at: string;
  by: { kind: string; text: string };
  dispute: 'open' | 'accepted' | 'refused' | null;
};

/** Every booking in a person's name, and by whom. */
export function ActsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('people.acts')}>
      <Acts />
    </SignedIn>
  );
}

function Acts(): ReactElement {
  const { t } = usePatientWords();
  const { patientId = '' } = useParams();
  const acts = useLoad(patientId, () => api<{ acts: Act[] }>(`/api/patients/${patientId}/acts`));
  return (
    <Wait on={acts}>
      {({ acts: list }) => (
        <>
          {list[0] && <h2>{t('acts.title', { name: list[0].visit.patient.name_masked })}</h2>}
          <p className="soft">{t('acts.lead')}</p>
          {list.length === 0 && <Empty title={t('acts.none')} />}
          <ul className="stack">
            {list.map((act) => (
              <li key={act.visit.appointment_id} className="card">
                <ActCard act={act} patientId={patientId} reload={acts.reload} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Wait>
  );
}

function ActCard(props: { act: Act; patientId: string; reload: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const [open, setOpen] = useState(false);
  const { visit, made_at, by, dispute } = props.act;
  const when = `${dayText(visit.service_date, lang)} ${hm(visit.starts_at)}`;
  return (
    <div className="stack tight">
      <p className="strong">
        {visit.department_name} · {visit.service_name}
      </p>
      <Facts
        rows={[
          [t('acts.visit'), `${visit.hospital_name} · ${when}`],
          [t('acts.by'), by.text],
          [t('acts.made'), mdHm(made_at)],
        ]}
      />
      {dispute === null ? (
        by.kind !== 'me' && (
          <div>
            <Button look="secondary" onClick={() => setOpen(true)}>
              {t('acts.not-mine')}
            </Button>
          </div>
        )
      ) : (
        <Notice title={t(`acts.dispute.${dispute}`)}>
          {dispute === 'open' && <p>{t('acts.next')}</p>}
        </Notice>
      )}
      {open && <SayDialog {...props} onClose={() => setOpen(false)} />}
    </div>
  );
}

function SayDialog(props: {
  act: Act;
  patientId: string;
  reload: () => void;
  onClose: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [note, setNote] = useState('');
  const say = useAction(async (key) => {
    const path = `/api/patients/${props.patientId}/acts/${props.act.visit.appointment_id}/dispute`;
    await post(path, note === '' ? {} : { note }, key);
    props.onClose();
    props.reload();
  });
  return (
    <Dialog title={t('acts.say-title')} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void say.run();
        }}
      >
        <p>{t('acts.say-text')}</p>
        <Field
          label={t('acts.say-note')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={3}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={say.problem} />
        <Button type="submit" wide busy={say.busy}>
          {t('acts.say-do')}
        </Button>
      </form>
    </Dialog>
  );
}
