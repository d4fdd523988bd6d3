import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow, useAction, useLoad } from '../shared/hooks.ts';
import type { Clinic, Draw, HospitalDetail, Wish } from '../shared/types.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait, type Tone } from '../shared/ui.tsx';
import type { WishSlip } from './slip.tsx';
import { useStaff } from './staff-context.tsx';
import type { Channel, WindowPatient } from './types.ts';
import { useConsoleWords } from './words.ts';

/** A speciality whose clinics are drawn together. */
type Group = { group: string; name: string; clinics: Clinic[] };

/** The groups that draws were announced for, with the clinics that were in them. */
function groupsOf(draws: readonly Draw[], hospital: HospitalDetail | undefined): Group[] {
  const groups = new Map<string, Group>();
  for (const draw of draws) {
    if (draw.kind === 'shadow') continue;
    for (const session of draw.sessions) {
      const clinic = hospital?.services.find(({ name }) => name === session.service_name);
      if (!clinic) continue;
      const known = groups.get(draw.group) ?? {
        group: draw.group,
        name: session.department_name,
        clinics: [],
      };
      if (!known.clinics.includes(clinic)) known.clinics.push(clinic);
      groups.set(draw.group, known);
    }
  }
  return [...groups.values()];
}

type Props = {
  patient: WindowPatient;
  channel: Channel;
  onDone: (slip: WishSlip) => void;
};

/** 长期登记: one registration that enters every draw of a speciality by itself. */
export function WindowWish(props: Props): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const [open, setOpen] = useState(false);
  const draws = useLoad(open ? 'draws' : null, () => api<{ draws: Draw[] }>('/api/staff/draws'));
  return (
    <Card
      title={t('wish.title')}
      aside={
        <Button look="secondary" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'common.close' : 'wish.open')}
        </Button>
      }
    >
      <p className="small">{t('wish.text')}</p>
      {open && (
        <Wait on={draws}>
          {({ draws: list }) => {
            const groups = groupsOf(list, hospital);
            return groups.length === 0 ? (
              <Empty title={t('wish.none-open')} />
            ) : (
              <WishForm
                {...props}
                groups={groups}
                onDone={(slip) => {
                  setOpen(false);
                  props.onDone(slip);
                }}
              />
            );
          }}
        </Wait>
      )}
    </Card>
  );
}

function WishForm(props: Props & { groups: Group[] }): ReactElement {
  const { t } = useConsoleWords();
  const { groups, patient, channel } = props;
  const today = dayOf(serverNow());
  const [group, setGroup] = useState('');
  const one = groups.find((known) => known.group === group) ?? groups[0];
  const [chosen, setChosen] = useState<string[]>([]);
  const [other, setOther] = useState(true);
  const [dates, setDates] = useState({ from_date: today, to_date: addDays(today, 90) });
  const [notice, setNotice] = useState(2);
  const any = other || chosen.length === 0;
  const make = useAction(async (key) => {
    const body = {
      draw_group: one?.group ?? '',
      patient_id: patient.patient_id,
      healthcare_service_ids: chosen,
      any_service: any,
      ...dates,
      notice_days: notice,
      channel,
    };
    const made = await post<{ wish_id: string; secret: string }>('/api/staff/wishes', body, key);
    const names = chosen.flatMap((id) => one?.clinics.find((clinic) => clinic.id === id) ?? []);
    props.onDone({
      ...made,
      ...dates,
      kind: 'wish',
      department: one?.name ?? '',
      services: names.map((clinic) => clinic.name),
      any_service: any,
      notice_days: notice,
      channel,
    });
  });
  return (
    <form
      className="stack sub"
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <div className="filters">
        <Field
          label={t('wish.group')}
          control={(ties) => (
            <select
              {...ties}
              value={one?.group}
              onChange={(event) => {
                setGroup(event.target.value);
                setChosen([]);
              }}
            >
              {groups.map((known) => (
                <option key={known.group} value={known.group}>
                  {known.name}
                </option>
              ))}
            </select>
          )}
        />
        {(['from', 'to'] as const).map((end) => (
          <Field
            key={end}
            label={t(`wish.${end}`)}
            control={(ties) => (
              <input
                {...ties}
                type="date"
                required
                min={today}
                value={dates[`${end}_date`]}
                onChange={(event) => setDates({ ...dates, [`${end}_date`]: event.target.value })}
              />
            )}
          />
        ))}
        <Field
          label={t('window.notice')}
          control={(ties) => (
            <input
              {...ties}
              type="number"
              min={0}
              max={30}
              required
              value={notice}
              onChange={(event) => setNotice(Number(event.target.value))}
            />
          )}
        />
      </div>
      <fieldset>
        <legend>{t('wish.services')}</legend>
        <div className="row">
          {one?.clinics.map(({ id, name }) => (
            <label key={id} className="option">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={(event) =>
                  setChosen(
                    event.target.checked ? [...chosen, id] : chosen.filter((known) => known !== id),
                  )
                }
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      {chosen.length > 0 && (
        <label className="option">
          <input
            type="checkbox"
            checked={other}
            onChange={(event) => setOther(event.target.checked)}
          />
          {t('wish.any')}
        </label>
      )}
      <ProblemNotice problem={make.problem} />
      <Button type="submit" busy={make.busy}>
        {t('wish.do')}
      </Button>
    </form>
  );
}

const wishTone: Record<Wish['state'], Tone> = {
  active: 'open',
  asked: 'wait',
  won: 'good',
  withdrawn: 'muted',
  expired: 'muted',
};

/** A standing wish of the person at the window, with what may be done to it. */
export function WindowWishLine(props: { wish: Wish; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { wish, reload } = props;
  const change = useAction((key, name: 'withdraw' | 'renew') =>
    post(`/api/staff/wishes/${wish.wish_id}/${name}`, {}, key).finally(reload),
  );
  const names = wish.services.map(({ name }) => name);
  if (wish.any_service) names.push(t('wish.any-service'));
  return (
    <div className="line stack tight">
      <div className="row spread">
        <span>
          <span className="strong">{t('wish.title')}</span> {names.join('、')}
        </span>
        <Tag tone={wishTone[wish.state]}>{t(`wish.state.${wish.state}`)}</Tag>
      </div>
      <p className="small">
        {wish.from_date} – {wish.to_date} · {t('wish.passed', { n: wish.draws_passed })}
      </p>
      <ProblemNotice problem={change.problem} />
      {(wish.state === 'active' || wish.state === 'asked') && (
        <div className="row">
          {wish.state === 'asked' && (
            <Button busy={change.busy} onClick={() => void change.run('renew')}>
              {t('wish.renew')}
            </Button>
          )}
          <Button look="danger" busy={change.busy} onClick={() => void change.run('withdraw')}>
            {t('wish.withdraw')}
          </Button>
        </div>
      )}
    </div>
  );
}
