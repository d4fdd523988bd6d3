import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { DateField } from '../shared/date-field.tsx';
import { useAction } from '../shared/hooks.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

const kinds = ['village_doctor', 'social_worker', 'school_nurse', 'care_home'] as const;
export type HelperKind = (typeof kinds)[number];

/** A labelled line of text. */
export function Line(props: {
  label: string;
  hint?: string;
  required?: boolean;
  maxLength?: number;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  const { label, hint, required = true, maxLength = 60 } = props;
  return (
    <Field
      label={label}
      hint={hint}
      control={(ties) => (
        <input
          {...ties}
          {...{ required, maxLength }}
          autoComplete="off"
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    />
  );
}

/** A labelled choice. */
export function Pick(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field
      label={props.label}
      control={(ties) => (
        <select
          {...ties}
          required
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

/** The application to a hospital's office. */
export function AskToHelp({ onAsked }: { onAsked: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [draft, setDraft] = useState({
    ...{ hospital_id: '', organisation: '', kind: 'village_doctor' },
    ...{ name: '', document_number: '', valid_until: '' },
  });
  const set = (field: keyof typeof draft) => (value: string) =>
    setDraft({ ...draft, [field]: value });
  const hospital_id = draft.hospital_id || (hospitals.data?.[0]?.id ?? '');
  const ask = useAction(async (key) => {
    await post('/api/delegate', { ...draft, hospital_id }, key);
    onAsked();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void ask.run();
      }}
    >
      <p>{t('helper.ask-text')}</p>
      <Pick
        label={t('helper.hospital')}
        value={hospital_id}
        options={(hospitals.data ?? []).map(({ id, name }) => [id, name] as const)}
        onChange={set('hospital_id')}
      />
      <Pick
        label={t('helper.kind')}
        value={draft.kind}
        options={kinds.map((kind) => [kind, t(`helper.kind.${kind}`)] as const)}
        onChange={set('kind')}
      />
      <Line
        label={t('helper.organisation')}
        hint={t('helper.organisation-hint')}
        maxLength={40}
        value={draft.organisation}
        onChange={set('organisation')}
      />
      <Line label={t('helper.name')} value={draft.name} onChange={set('name')} />
      <Line
        label={t('helper.number')}
        value={draft.document_number}
        onChange={set('document_number')}
      />
      <DateField
        label={t('helper.until')}
        hint={t('helper.until-hint')}
        required
        value={draft.valid_until}
        onChange={set('valid_until')}
      />
      <ProblemNotice problem={ask.problem} />
      <Button type="submit" wide busy={ask.busy}>
        {t('helper.ask')}
      </Button>
    </form>
  );
}

const nobody = { name: '', document_number: '', paper_reference: '' };

/** A patient who signed the sheet, or will confirm. */
export function AddHelped({ onAdded }: { onAdded: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [draft, setDraft] = useState(nobody);
  const [signed, setSigned] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const set = (field: keyof typeof draft) => (value: string) =>
    setDraft({ ...draft, [field]: value });
  const withPaper = draft.paper_reference.trim() !== '';
  const add = useAction(async (key) => {
    const person = { ...draft, document_type: 'resident_id' };
    const { state } = await post<{ state: string }>('/api/delegate/patients', person, key);
    setDone(state);
    setDraft(nobody);
    setSigned(false);
    onAdded();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setDone(null);
        void add.run();
      }}
    >
      <Line label={t('person.name')} value={draft.name} onChange={set('name')} />
      <Line
        label={t('helper.document')}
        value={draft.document_number}
        onChange={set('document_number')}
      />
      <Line
        label={t('helper.paper')}
        hint={t('helper.paper-hint')}
        required={false}
        value={draft.paper_reference}
        onChange={set('paper_reference')}
      />
      {withPaper && (
        <label className="option">
          <input
            type="checkbox"
            required
            checked={signed}
            onChange={(event) => setSigned(event.target.checked)}
          />
          <span>{t('helper.paper-said')}</span>
        </label>
      )}
      <ProblemNotice problem={add.problem} />
      {done !== null && (
        <Notice tone="good">
          {t(done === 'pending' ? 'helper.added-pending' : 'helper.added')}
        </Notice>
      )}
      <Button type="submit" wide busy={add.busy}>
        {t('helper.add')}
      </Button>
      <p className="small">{t('person.privacy')}</p>
    </form>
  );
}
