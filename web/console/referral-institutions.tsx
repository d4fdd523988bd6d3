import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { ReferralQuota } from './referral-quota.tsx';
import { ReferralSelect } from './referral-select.tsx';
import type { Institution, Institutions } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

const base = '/api/staff/referring-institutions';

/** Whom the hospital takes referrals from: institutions, their accounts, their quotas. */
export function ReferralInstitutions(): ReactElement {
  const { t } = useConsoleWords();
  const found = useLoad(base, () => api<Institutions>(base));
  return (
    <section className="stack" aria-label={t('institution.title')}>
      <h2>{t('institution.title')}</h2>
      <Wait on={found}>
        {({ institutions, unbound }) => (
          <>
            {institutions.length === 0 && <Empty title={t('institution.none')} />}
            <ul className="cards">
              {institutions.map((one) => (
                <li key={one.institution_id}>
                  <OneInstitution institution={one} unbound={unbound} reload={found.reload} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Wait>
      <AddInstitution reload={found.reload} />
    </section>
  );
}

function OneInstitution(props: {
  institution: Institution;
  unbound: Institutions['unbound'];
  reload: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { institution, unbound, reload } = props;
  const { name, phone, closed, referrers } = institution;
  const change = useAction(async (key) => {
    const body = { name, phone, closed: !closed };
    await post(`${base}/${institution.institution_id}`, body, key);
    reload();
  });
  const names = referrers.map((one) => one.display_name).join('、');
  return (
    <Card
      title={name}
      aside={closed ? <Tag tone="muted">{t('institution.closed')}</Tag> : undefined}
    >
      <p className="small">
        <span className="mono">{institution.code}</span> {phone}
      </p>
      <p>{names === '' ? t('institution.no-accounts') : t('institution.accounts', { names })}</p>
      {unbound.length > 0 && !closed && (
        <Bind institution={institution} unbound={unbound} reload={reload} />
      )}
      <ReferralQuota institution={institution} reload={reload} />
      <ProblemNotice problem={change.problem} />
      <div>
        <Button
          look="quiet"
          busy={change.busy}
          aria-label={t(closed ? 'institution.open-of' : 'institution.close-of', { name })}
          onClick={() => void change.run()}
        >
          {t(closed ? 'institution.open' : 'institution.close')}
        </Button>
      </div>
    </Card>
  );
}

function Bind(props: {
  institution: Institution;
  unbound: Institutions['unbound'];
  reload: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { institution, unbound } = props;
  const [staff, setStaff] = useState(unbound[0]?.staff_id ?? '');
  const chosen = unbound.find((one) => one.staff_id === staff) ?? unbound[0];
  const bind = useAction(async (key) => {
    const body = { staff_id: chosen?.staff_id };
    await post(`${base}/${institution.institution_id}/referrers`, body, key);
    props.reload();
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void bind.run();
      }}
    >
      <ReferralSelect
        label={t('institution.bind', { name: institution.name })}
        value={chosen?.staff_id ?? ''}
        onChange={setStaff}
        options={unbound.map((one) => [one.staff_id, one.display_name] as const)}
      />
      <ProblemNotice problem={bind.problem} />
      <div>
        <Button type="submit" look="secondary" busy={bind.busy}>
          {t('institution.do-bind')}
        </Button>
      </div>
    </form>
  );
}

const blank = { code: '', name: '', phone: '' };

function AddInstitution({ reload }: { reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [values, setValues] = useState(blank);
  const add = useAction(async (key) => {
    await post(base, values, key);
    setValues(blank);
    reload();
  });
  return (
    <Card title={t('institution.add')}>
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          void add.run();
        }}
      >
        {(['code', 'name', 'phone'] as const).map((name) => (
          <Field
            key={name}
            label={t(`institution.${name}`)}
            control={(ties) => (
              <input
                {...ties}
                required={name !== 'phone'}
                maxLength={name === 'phone' ? 30 : 60}
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          />
        ))}
        <ProblemNotice problem={add.problem} />
        <div>
          <Button type="submit" look="secondary" busy={add.busy}>
            {t('institution.do-add')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
