import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import { post, type ApiProblem } from '../shared/api.ts';
import { DateField } from '../shared/date-field.tsx';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow, useAction } from '../shared/hooks.ts';
import type { Hospital } from '../shared/types.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { PhotoField, sendPhotos } from './report-photos.tsx';
import { newCode } from './report-photo.ts';
import { usePatientWords } from './words.ts';

const categories = [
  'number_resale',
  'grab_service',
  'exam_jump',
  'admission_jump',
  'treatment_jump',
  'errand',
  'fake_site',
  'data_leak',
  'other',
] as const;
const places = ['inside', 'around', 'online', 'wechat', 'phone', 'other'] as const;

const empty = {
  category: 'number_resale' as (typeof categories)[number],
  place_kind: 'around' as (typeof places)[number],
  place: '',
  reach: '',
  asked: '',
  face: '',
  on: '',
  time: '',
  text: '',
  contact: '',
  involves_staff: false,
};
type Draft = typeof empty;

export type Sent = { receipt: string; code: string; unsent: (ApiProblem | null)[] };

/** Whole fen; undefined for nothing, NaN for what is no price. */
function fen(text: string): number | undefined {
  if (text.trim() === '') return undefined;
  return /^\d{1,6}(\.\d{1,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : Number.NaN;
}

function bodyOf(draft: Draft, hospital_id: string, code: string): Record<string, unknown> {
  const { asked, face, on, time, ...words } = draft;
  const body = { hospital_id, code, ...words, asked_fen: fen(asked), face_fen: fen(face) };
  return { ...body, ...(on && { happened_on: on }), ...(on && time && { happened_time: time }) };
}

/** What happened, where, for how much; nothing about who reports. */
export function ReportForm(props: {
  hospitals: readonly Hospital[];
  hospital: Hospital;
  onHospital: (id: string) => void;
  onSent: (sent: Sent) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [draft, setDraft] = useState<Draft>(empty);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [checked, setChecked] = useState(false);
  // The same report sent again after a lost answer carries the same code and stays one.
  const code = useRef(newCode());
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const send = useAction(async (key) => {
    const body = bodyOf(draft, props.hospital.id, code.current);
    const { receipt } = await post<{ receipt: string }>('/api/reports', body, key);
    const sent = { receipt, code: code.current };
    props.onSent({ ...sent, unsent: await sendPhotos(sent, files) });
  });
  const wrongPrice = [draft.asked, draft.face].some((text) => Number.isNaN(fen(text)));
  const isShort = draft.text.trim().length < 2;
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (!isShort && !wrongPrice) void send.run();
      }}
    >
      <Where {...props} draft={draft} set={set} />
      <Prices draft={draft} set={set} />
      <Field
        label={t('report.text')}
        hint={t('report.text-hint')}
        error={checked && isShort ? t('report.text-short') : undefined}
        control={(ties) => (
          <textarea
            {...ties}
            rows={5}
            maxLength={2000}
            value={draft.text}
            onChange={({ target }) => set({ text: target.value })}
          />
        )}
      />
      <PhotoField files={files} onChange={setFiles} />
      <label className="row check">
        <input
          type="checkbox"
          checked={draft.involves_staff}
          onChange={({ target }) => set({ involves_staff: target.checked })}
        />
        <span>{t('report.staff')}</span>
      </label>
      {draft.involves_staff && <Notice>{t('report.staff-text')}</Notice>}
      <Text
        name="contact"
        max={100}
        hint={t('report.contact-hint')}
        label={t('report.contact')}
        draft={draft}
        set={set}
      />
      <ProblemNotice problem={send.problem} />
      <Button type="submit" wide busy={send.busy}>
        {t('report.send')}
      </Button>
    </form>
  );
}

type Part = { draft: Draft; set: (change: Partial<Draft>) => void };

function Where(
  props: Part & {
    hospitals: readonly Hospital[];
    hospital: Hospital;
    onHospital: (id: string) => void;
  },
): ReactElement {
  const { t } = usePatientWords();
  const { draft, set } = props;
  return (
    <>
      <Choice
        label={t('report.hospital')}
        hint={t('report.hospital-hint')}
        value={props.hospital.id}
        onChange={props.onHospital}
      >
        {props.hospitals.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Choice>
      <Choice
        label={t('report.category')}
        value={draft.category}
        onChange={(category) => set({ category: category as Draft['category'] })}
      >
        {categories.map((one) => (
          <option key={one} value={one}>
            {t(`report.category.${one}`)}
          </option>
        ))}
      </Choice>
      <Choice
        label={t('report.place-kind')}
        value={draft.place_kind}
        onChange={(kind) => set({ place_kind: kind as Draft['place_kind'] })}
      >
        {places.map((one) => (
          <option key={one} value={one}>
            {t(`report.place.${one}`)}
          </option>
        ))}
      </Choice>
      <Text
        name="place"
        label={t('report.place')}
        hint={t('report.place-hint')}
        max={200}
        {...{ draft, set }}
      />
      <Text name="reach" label={t('report.reach')} max={200} {...{ draft, set }} />
    </>
  );
}

function Prices({ draft, set }: Part): ReactElement {
  const { t } = usePatientWords();
  const asked = fen(draft.asked);
  const face = fen(draft.face);
  const times = asked !== undefined && face ? Math.round((asked / face) * 10) / 10 : Number.NaN;
  const errorOf = (amount: number | undefined): string | undefined =>
    Number.isNaN(amount) ? t('report.price-wrong') : undefined;
  const today = dayOf(serverNow());
  return (
    <>
      <div className="pair">
        <Text
          name="asked"
          label={t('report.asked')}
          money
          error={errorOf(asked)}
          {...{ draft, set }}
        />
        <Text
          name="face"
          label={t('report.face')}
          money
          error={errorOf(face)}
          {...{ draft, set }}
        />
      </div>
      <div role="status">
        {times > 1 && <p className="strong">{t('report.mark-up', { n: times })}</p>}
      </div>
      <DateField
        label={t('report.on')}
        min={addDays(today, -366)}
        max={today}
        value={draft.on}
        onChange={(on) => set({ on })}
      />
      <Text name="time" type="time" label={t('report.time')} {...{ draft, set }} />
    </>
  );
}

function Choice(props: {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}): ReactElement {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ties) => (
        <select
          {...ties}
          value={props.value}
          onChange={({ target }) => props.onChange(target.value)}
        >
          {props.children}
        </select>
      )}
    />
  );
}

function Text(
  props: Part & {
    name: 'place' | 'reach' | 'asked' | 'face' | 'time' | 'contact';
    label: string;
    hint?: string;
    error?: string | undefined;
    type?: 'time';
    money?: true;
    max?: number;
  },
): ReactElement {
  const { name, draft, set } = props;
  return (
    <Field
      label={props.label}
      hint={props.hint}
      error={props.error}
      control={(ties) => (
        <input
          {...ties}
          type={props.type ?? 'text'}
          inputMode={props.money ? 'decimal' : undefined}
          autoComplete="off"
          maxLength={props.max}
          value={draft[name]}
          onChange={({ target }) => set({ [name]: target.value })}
        />
      )}
    />
  );
}
