import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Patient } from '../shared/types.ts';
import { Button, Card, Dialog, Empty, Facts, LinkButton, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx'; // prettier-ignore
import { AddHelped, AskToHelp, type HelperKind } from './helpers-forms.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Delegate = {
  organisation: string;
  kind: HelperKind;
  valid_until: string;
  state: 'asked' | 'approved' | 'refused' | 'ended' | 'expired';
  day_max: number;
  month_max: number;
  used_today: number;
  used_month: number;
};

/** The page of a village doctor, social worker or school nurse: quota, people, the end. */
export function HelpersPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('helper.title')}>
      <p className="soft">{t('helper.lead')}</p>
      <Helper />
    </SignedIn>
  );
}

function Helper(): ReactElement {
  const { t } = usePatientWords();
  const own = useLoad('delegate', () => api<{ delegate: Delegate | null }>('/api/delegate'));
  return (
    <Wait on={own}>
      {({ delegate }) => {
        const living = delegate?.state === 'asked' || delegate?.state === 'approved';
        return (
          <>
            {delegate && <Credential delegate={delegate} />}
            {delegate?.state === 'approved' && <Helped reload={own.reload} />}
            {delegate && living && <End delegate={delegate} reload={own.reload} />}
            {!living && (
              <Card title={t('helper.ask-title')}>
                <AskToHelp onAsked={own.reload} />
              </Card>
            )}
          </>
        );
      }}
    </Wait>
  );
}

function Credential({ delegate }: { delegate: Delegate }): ReactElement {
  const { t } = usePatientWords();
  const { state, day_max, month_max, used_today, used_month } = delegate;
  const month = Math.max(0, month_max - used_month);
  const today = Math.min(month, Math.max(0, day_max - used_today));
  const tone = state === 'approved' ? 'good' : state === 'asked' ? 'wait' : 'muted';
  return (
    <Card
      title={`${t(`helper.kind.${delegate.kind}`)} · ${delegate.organisation}`}
      aside={<Tag tone={tone}>{t(`helper.state.${state}`)}</Tag>}
    >
      <Facts
        rows={[
          [t('helper.valid'), delegate.valid_until],
          ...(state === 'approved'
            ? ([
                [t('helper.left-today'), t('helper.left', { n: today, max: day_max })],
                [t('helper.left-month'), t('helper.left', { n: month, max: month_max })],
              ] as const)
            : []),
        ]}
      />
      {state === 'asked' && <p>{t('helper.ask-text')}</p>}
      {state !== 'asked' && state !== 'approved' && <p>{t('helper.again')}</p>}
      {state === 'approved' && today === 0 && <Notice tone="warn">{t('helper.used-up')}</Notice>}
    </Card>
  );
}

function Helped({ reload }: { reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const people = useLoad('helped', () => api<{ patients: Patient[] }>('/api/patients'));
  return (
    <>
      <Card title={t('helper.people')}>
        <Wait on={people}>
          {({ patients }) => {
            const helped = patients.filter((one) => one.relation === 'delegate');
            if (helped.length === 0) return <Empty title={t('helper.people-none')} />;
            return (
              <ul className="stack">
                {helped.map((one) => (
                  <li key={one.patient_id}>
                    <HelpedPerson patient={one} reload={people.reload} />
                  </li>
                ))}
              </ul>
            );
          }}
        </Wait>
      </Card>
      <Card title={t('helper.add-title')}>
        <AddHelped
          onAdded={() => {
            people.reload();
            reload();
          }}
        />
      </Card>
    </>
  );
}

function HelpedPerson(props: { patient: Patient; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { patient } = props;
  const remove = useAction(async () => {
    await api(`/api/patients/${patient.patient_id}`, { method: 'DELETE' });
    props.reload();
  });
  return (
    <div className="stack tight">
      <p>
        <span className="strong">{patient.name_masked}</span>{' '}
        <span className="soft mono">{patient.document_masked}</span>
      </p>
      <div className="row">
        {patient.state === 'pending' ? (
          <Tag tone="wait">{t('helper.waiting')}</Tag>
        ) : (
          <LinkButton to="/" look="secondary">
            {t('helper.book')}
          </LinkButton>
        )}
        <Button look="quiet" busy={remove.busy} onClick={() => void remove.run()}>
          {t('helper.remove')}
        </Button>
      </div>
      <ProblemNotice problem={remove.problem} />
    </div>
  );
}

function End(props: { delegate: Delegate; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const asked = props.delegate.state === 'asked';
  const end = useAction(async (key) => {
    await post('/api/delegate/end', {}, key);
    setOpen(false);
    props.reload();
  });
  return (
    <div>
      <Button look="quiet" busy={end.busy} onClick={() => (asked ? void end.run() : setOpen(true))}>
        {t(asked ? 'helper.withdraw' : 'helper.end')}
      </Button>
      {asked && <ProblemNotice problem={end.problem} />}
      {open && (
        <Dialog title={t('helper.end-title')} onClose={() => setOpen(false)}>
          <p>{t('helper.end-text')}</p>
          <ProblemNotice problem={end.problem} />
          <div className="row">
            <Button look="danger" busy={end.busy} onClick={() => void end.run()}>
              {t('helper.end')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('helper.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
