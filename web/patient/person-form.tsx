import { useState, type ReactElement } from 'react';
import { post, type ApiProblem } from '../shared/api.ts';
import { DateField } from '../shared/date-field.tsx';
import { useAction } from '../shared/hooks.ts';
import type { Patient } from '../shared/types.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { agreeing } from './consent-gate.tsx';
import { usePatientWords } from './words.ts';

const documentTypes = [
  'resident_id',
  'household_register',
  'passport',
  'officer_id',
  'hk_macao_permit',
  'taiwan_permit',
  'hk_macao_taiwan_residence',
  'foreign_permanent_residence',
  'birth_certificate',
  'other',
] as const;
const relations = ['self', 'child', 'parent', 'spouse', 'other'] as const;

type Draft = {
  name: string;
  document_type: (typeof documentTypes)[number];
  document_number: string;
  relation: (typeof relations)[number];
  birth_date: string;
  guardian_patient_id: string;
};

const empty: Omit<Draft, 'relation'> = {
  name: '',
  document_type: 'resident_id',
  document_number: '',
  birth_date: '',
  guardian_patient_id: '',
};

/** Whether the number itself says when its holder was born. */
function hasBirthDate(type: Draft['document_type']): boolean {
  return type === 'resident_id' || type === 'household_register';
}

/** The field a refusal is about, so that it can be shown there. */
function fieldOf(problem: ApiProblem | undefined): 'name' | 'document' | 'relation' | null {
  const code = problem?.code ?? '';
  if (code.startsWith('identity/name')) return 'name';
  if (code.startsWith('identity/document')) return 'document';
  return code === 'identity/self-max' ? 'relation' : null;
}

export function PersonForm(props: {
  patients: readonly Patient[];
  onAdded: () => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const hasSelf = props.patients.some(({ relation }) => relation === 'self');
  const [draft, setDraft] = useState<Draft>({ ...empty, relation: hasSelf ? 'other' : 'self' });
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const add = useAction(async (key, manual: boolean) => {
    const { guardian_patient_id, birth_date, ...person } = draft;
    const asked = {
      ...(birth_date && !hasBirthDate(draft.document_type) ? { birth_date } : {}),
      ...(guardian_patient_id ? { guardian_patient_id } : {}),
      ...(manual ? { manual } : {}),
    };
    await agreeing((consents) =>
      post('/api/patients', { ...person, ...asked, ...(consents ? { consents } : {}) }, key),
    );
    setDraft({ ...empty, relation: 'other' });
    props.onAdded();
  });
  const { problem } = add;
  const at = fieldOf(problem);
  const said = lang === 'en' ? problem?.english : problem?.message;
  const errorOf = (field: typeof at): string | undefined => (at === field ? said : undefined);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void add.run(false);
      }}
    >
      <Field
        label={t('person.name')}
        hint={t('person.name-hint')}
        error={errorOf('name')}
        control={(ties) => (
          <input
            {...ties}
            required
            autoComplete="off"
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      />
      <Field
        label={t('person.type')}
        control={(ties) => (
          <select
            {...ties}
            value={draft.document_type}
            onChange={(event) =>
              set({ document_type: event.target.value as Draft['document_type'] })
            }
          >
            {documentTypes.map((type) => (
              <option key={type} value={type}>
                {t(`doc.${type}`)}
              </option>
            ))}
          </select>
        )}
      />
      <Field
        label={t('person.number')}
        error={errorOf('document')}
        control={(ties) => (
          <input
            {...ties}
            required
            autoComplete="off"
            value={draft.document_number}
            onChange={(event) => set({ document_number: event.target.value })}
          />
        )}
      />
      {!hasBirthDate(draft.document_type) && (
        <DateField
          label={t('person.birth')}
          required
          value={draft.birth_date}
          onChange={(birth_date) => set({ birth_date })}
        />
      )}
      <Choice
        label={t('person.relation')}
        error={errorOf('relation')}
        value={draft.relation}
        options={relations.map((one) => [one, t(`relation.${one}`)])}
        onChange={(relation) => set({ relation: relation as Draft['relation'] })}
      />
      {draft.document_type === 'birth_certificate' && (
        <Choice
          label={t('person.guardian')}
          value={draft.guardian_patient_id}
          options={[
            ['', '—'],
            ...props.patients.map((one) => [one.patient_id, one.name_masked] as const),
          ]}
          onChange={(guardian_patient_id) => set({ guardian_patient_id })}
        />
      )}
      {at === null && <ProblemNotice problem={problem} />}
      {problem?.detail['manual'] === true && (
        <Notice title={t('person.manual-title')}>
          <p>{t('person.manual-text')}</p>
          <Button look="secondary" busy={add.busy} onClick={() => void add.run(true)}>
            {t('person.manual-do')}
          </Button>
        </Notice>
      )}
      <Button type="submit" wide busy={add.busy}>
        {t('person.save')}
      </Button>
      <p className="small">{t('person.privacy')}</p>
    </form>
  );
}

function Choice(props: {
  label: string;
  error?: string | undefined;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field
      label={props.label}
      error={props.error}
      control={(ties) => (
        <select
          {...ties}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {props.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
}
