import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { ReferralSelect } from './referral-select.tsx';
import type { Institution } from './referral-types.ts';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

/** 转诊额度: how many patients an institution sends a week or a month without asking. */
export function ReferralQuota(props: {
  institution: Institution;
  reload: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { institution } = props;
  return (
    <div className="stack tight">
      <h3>{t('institution.quotas')}</h3>
      {institution.quotas.length === 0 && <p>{t('institution.quota-none')}</p>}
      <ul>
        {institution.quotas.map((quota) => (
          <li key={quota.healthcare_service_id ?? quota.department_id}>
            {t('institution.quota-is', {
              place: [quota.department_name, quota.service_name].filter(Boolean).join(' '),
              per: t(`institution.${quota.per}`),
              n: quota.numbers,
            })}
          </li>
        ))}
      </ul>
      {!institution.closed && <QuotaForm institution={institution} reload={props.reload} />}
    </div>
  );
}

function QuotaForm(props: { institution: Institution; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const departments = (hospital?.departments ?? []).map(({ id, name }) => [id, name] as const);
  const [department, setDepartment] = useState('');
  const chosen = department === '' ? (departments[0]?.[0] ?? '') : department;
  const [clinic, setClinic] = useState('');
  const [per, setPer] = useState<'week' | 'month'>('week');
  const [numbers, setNumbers] = useState('5');
  const [saved, setSaved] = useState(false);
  const save = useAction(async (key) => {
    const body = {
      ...{ department_id: chosen, healthcare_service_id: clinic || null },
      ...{ per, numbers: Number(numbers) },
    };
    const { institution_id } = props.institution;
    await post(`/api/staff/referring-institutions/${institution_id}/quotas`, body, key);
    setSaved(true);
    props.reload();
  });
  const clinics = (hospital?.services ?? []).filter((one) => one.department_id === chosen);
  return (
    <form
      className="stack tight"
      aria-label={t('institution.set-of', { name: props.institution.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <ReferralSelect
        label={t('institution.department')}
        value={chosen}
        onChange={(id) => {
          setDepartment(id);
          setClinic('');
        }}
        options={departments}
      />
      <ReferralSelect
        label={t('institution.clinic')}
        value={clinic}
        onChange={setClinic}
        options={[
          ['', t('institution.every-clinic')],
          ...clinics.map((one) => [one.id, one.name] as const),
        ]}
      />
      <ReferralSelect
        label={t('institution.per')}
        value={per}
        onChange={setPer}
        options={[
          ['week', t('institution.week')],
          ['month', t('institution.month')],
        ]}
      />
      <Field
        label={t('institution.numbers')}
        control={(ties) => (
          <input
            {...ties}
            type="number"
            min={0}
            max={10000}
            required
            value={numbers}
            onChange={(event) => setNumbers(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={save.problem} />
      {saved && (
        <Notice tone="good">
          <p role="status">{t('institution.quota-saved')}</p>
        </Notice>
      )}
      <div>
        <Button type="submit" look="secondary" busy={save.busy}>
          {t('institution.set')}
        </Button>
      </div>
    </form>
  );
}
