import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayOf, dayText, hm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Dialog, Empty, Facts, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx'; // prettier-ignore
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Kind = 'no_show' | 'late_cancel' | 'unconfirmed_win';
type Counted = {
  conduct_id: string;
  name_masked: string;
  kind: Kind;
  service_date: string;
  service_name: string;
  department_name: string;
  counts: boolean;
};
type Restriction = {
  restriction_id: string;
  name_masked: string;
  kind: Kind | 'migrated';
  until: string;
  hospital_name: string;
  visits: Counted[];
  how_to_appeal: string;
  stays_open: ('emergency' | 'window' | 'ordinary' | 'follow_up' | 'referral')[];
  appeal: { state: 'open' | 'upheld' | 'refused'; due_at: string; answer: string | null } | null;
};
type Limits = {
  restrictions: Restriction[];
  conduct: (Counted & { hospital_name: string })[];
};

/** 预约限制: why, by which visits, whose list, until when, how to object, what stays open. */
export function LimitsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('limits.title')}>
      <p>{t('limits.lead')}</p>
      <All />
    </SignedIn>
  );
}

function All(): ReactElement {
  const { t } = usePatientWords();
  const all = useLoad('restrictions', () => api<Limits>('/api/restrictions'), 30_000);
  return (
    <Wait on={all}>
      {({ restrictions, conduct }) => (
        <>
          {restrictions.length === 0 && <Empty title={t('limits.none')} />}
          {restrictions.map((one) => (
            <RestrictionCard key={one.restriction_id} one={one} reload={all.reload} />
          ))}
          <Card title={t('limits.noted')}>
            <p className="soft">{t('limits.noted-lead')}</p>
            {conduct.length === 0 && <p>{t('limits.noted-none')}</p>}
            <ul className="stack tight">
              {conduct.map((one) => (
                <li key={one.conduct_id}>
                  <p>
                    {one.name_masked} · {one.hospital_name}
                  </p>
                  <Visit visit={one} />
                </li>
              ))}
            </ul>
          </Card>
        </>
      )}
    </Wait>
  );
}

function Visit({ visit }: { visit: Counted }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <p>
      {dayText(visit.service_date, lang)} {visit.department_name} {visit.service_name}：
      {t(`limits.short.${visit.kind}`)}
      {!visit.counts && (
        <>
          {' '}
          <Tag tone="muted">{t('limits.not-counted')}</Tag>
        </>
      )}
    </p>
  );
}

function RestrictionCard(props: { one: Restriction; reload: () => void }): ReactElement {
  const { one, reload } = props;
  const { t, lang } = usePatientWords();
  const [open, setOpen] = useState(false);
  const when = (at: string): { day: string; time: string } => ({
    day: dayText(dayOf(at), lang),
    time: hm(at),
  });
  return (
    <Card title={t('limits.of', { name: one.name_masked, hospital: one.hospital_name })}>
      <Facts
        rows={[
          [t('limits.until'), t('limits.until-text', when(one.until))],
          [t('limits.why'), t(`limits.kind.${one.kind}`)],
          [t('limits.list'), t('limits.list-text', { hospital: one.hospital_name })],
          [t('limits.how'), one.how_to_appeal],
        ]}
      />
      {one.visits.length > 0 && <p className="strong">{t('limits.visits')}</p>}
      {one.visits.map((visit) => (
        <Visit key={visit.conduct_id} visit={visit} />
      ))}
      <Notice tone="good" title={t('limits.open')}>
        <ul className="bullets">
          {one.stays_open.map((way) => (
            <li key={way}>{t(`limits.open.${way}`)}</li>
          ))}
        </ul>
      </Notice>
      {one.appeal?.state === 'open' && (
        <Notice>{t('limits.appealed', when(one.appeal.due_at))}</Notice>
      )}
      {one.appeal?.state === 'refused' && (
        <Notice title={t('limits.refused')}>
          <p>{one.appeal.answer}</p>
          <p>{t('limits.again')}</p>
        </Notice>
      )}
      {one.appeal?.state !== 'open' && (
        <div>
          <Button onClick={() => setOpen(true)}>{t('limits.appeal')}</Button>
        </div>
      )}
      {open && <AppealDialog one={one} reload={reload} onClose={() => setOpen(false)} />}
    </Card>
  );
}

function AppealDialog(props: {
  one: Restriction;
  reload: () => void;
  onClose: () => void;
}): ReactElement {
  const { one, reload, onClose } = props;
  const { t } = usePatientWords();
  const [text, setText] = useState('');
  const [paper, setPaper] = useState('');
  const send = useAction(async (key) => {
    const body = { text, ...(paper.trim() === '' ? {} : { document: paper }) };
    await post(`/api/restrictions/${one.restriction_id}/appeal`, body, key);
    reload();
    onClose();
  });
  return (
    <Dialog title={t('limits.appeal-title', { name: one.name_masked })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send.run();
        }}
      >
        <p>{t('limits.appeal-text')}</p>
        <Field
          label={t('limits.appeal-field')}
          control={(ties) => (
            <textarea
              {...ties}
              required
              minLength={2}
              maxLength={1000}
              rows={4}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        />
        <Field
          label={t('limits.document-field')}
          hint={t('limits.document-hint')}
          control={(ties) => (
            <input
              {...ties}
              maxLength={2000}
              value={paper}
              onChange={(event) => setPaper(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={send.problem} />
        <div>
          <Button type="submit" busy={send.busy}>
            {t('limits.appeal-send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
