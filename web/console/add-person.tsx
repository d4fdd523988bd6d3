import { useState, type FormEvent, type ReactElement } from 'react';
import { post, type ApiProblem } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Field, ProblemNotice } from '../shared/ui.tsx';
import type { FoundPerson } from './direct-types.ts';
import { useConsoleWords } from './words.ts';

type People = { people: FoundPerson[] };
const find = (body: object, key?: string): Promise<People> =>
  post<People>('/api/staff/direct/people', body, key);

/** What was typed or scanned: a visit's code, a phone, or else a document number. */
export function lookUp(typed: string): { by: 'qr' | 'phone' | 'document'; text: string } {
  const text = typed.trim();
  if (/^(zh-visit:|[0-9a-f]{8}-[0-9a-f]{4}-)/i.test(text)) return { by: 'qr', text };
  if (/^1\d{10}$/.test(text)) return { by: 'phone', text };
  return { by: 'document', text };
}

const isUnknown = (problem: ApiProblem | undefined): boolean =>
  problem?.code === 'booking/person-unknown';

/** The person in front of the doctor: one tap on somebody just seen, or a whole number. */
export function AddPerson(props: {
  session_id: string;
  person: FoundPerson | null;
  onChange: (person: FoundPerson | null) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { session_id, person, onChange } = props;
  const [found, setFound] = useState<readonly FoundPerson[]>([]);
  const recent = useLoad(session_id, () => find({ by: 'recent', session_id }));
  if (person)
    return (
      <div className="row spread">
        <p>
          <strong>{person.name_masked}</strong>{' '}
          <span className="small mono">{person.document_masked}</span>
        </p>
        <Button look="quiet" onClick={() => onChange(null)}>
          {t('add.other-person')}
        </Button>
      </div>
    );
  const people = recent.data?.people ?? [];
  return (
    <section className="stack" aria-label={t('add.who')}>
      {found.length > 1 && <Choices title={t('add.pick')} people={found} onChoose={onChange} />}
      {people.length > 0 && <Choices title={t('add.recent')} people={people} onChoose={onChange} />}
      <Search
        onFound={(list) => {
          const [only] = list;
          if (list.length === 1 && only) onChange(only);
          else setFound(list);
        }}
      />
    </section>
  );
}

function Search({ onFound }: { onFound: (people: FoundPerson[]) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [typed, setTyped] = useState('');
  const [name, setName] = useState('');
  const search = useAction(async (key, named: string) => {
    const body = { ...lookUp(typed), ...(named ? { name: named } : {}) };
    onFound((await find(body, key)).people);
  });
  const unknown = isUnknown(search.problem) && lookUp(typed).by === 'document';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void search.run(unknown ? name : '');
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <Field
        label={t('add.find')}
        hint={t('add.find-hint')}
        control={(ties) => (
          <input
            {...ties}
            required
            autoComplete="off"
            value={typed}
            onChange={(event) => {
              search.clear();
              setTyped(event.target.value);
            }}
          />
        )}
      />
      <ProblemNotice problem={search.problem} />
      {unknown && (
        <Field
          label={t('add.name')}
          control={(ties) => (
            <input
              {...ties}
              required
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        />
      )}
      <Button type="submit" look="secondary" wide busy={search.busy}>
        {unknown ? t('add.register') : t('add.do-find')}
      </Button>
    </form>
  );
}

function Choices(props: {
  title: string;
  people: readonly FoundPerson[];
  onChoose: (person: FoundPerson) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="stack tight">
      <h2>{props.title}</h2>
      <ul className="big-choices">
        {props.people.map((person) => (
          <li key={person.patient_id}>
            <button type="button" className="big-choice" onClick={() => props.onChoose(person)}>
              <strong>{person.name_masked}</strong>
              <span className="small block">
                {person.age !== null && t('add.years', { n: person.age })}{' '}
                <span className="mono">{person.document_masked.slice(-4)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
