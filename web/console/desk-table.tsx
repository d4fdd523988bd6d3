import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { hm } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { visitTone } from '../shared/states.ts';
import type { Level } from '../shared/types.ts';
import { Button, Dialog, ProblemNotice, Tag } from '../shared/ui.tsx';
import { DeskDirect } from './desk-direct.tsx';
import { PriorityGiven } from './desk-priority.tsx';
import { OpenReturn } from './desk-returns.tsx';
import { IdentityCheck } from './screens-identity.tsx';
import { useStaff } from './staff-context.tsx';
import { DeskTeam } from './team-desk.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords, type ConsoleWords } from './words.ts';

const heads = ['place', 'number', 'name', 'time', 'status', 'calls'] as const;

export function DeskTable(props: {
  visits: readonly DeskVisit[];
  level: Level;
  reload: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`desk.${head}`)}
              </th>
            ))}
            <th scope="col">
              <span className="hidden-text">{t('sessions.act')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.visits.map((visit) => (
            <Line key={visit.appointment_id} {...props} visit={visit} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Act = 'call' | 'miss' | 'seen' | 'no-show';

function Line(props: { visit: DeskVisit; level: Level; reload: () => void }): ReactElement {
  const { visit, reload } = props;
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const [asking, setAsking] = useState(false);
  const act = useAction(async (key, name: Act) => {
    await post(`/api/staff/appointments/${visit.appointment_id}/${name}`, {}, key).finally(reload);
    setAsking(false);
  });
  const button = (name: Act, look: 'primary' | 'secondary' | 'quiet' = 'secondary') => (
    <Button look={look} busy={act.busy} onClick={() => void act.run(name)}>
      {t(`desk.${name}`)}
    </Button>
  );
  const { status } = visit;
  return (
    <tr className={status === 'called' ? 'now' : undefined}>
      <td className="number">{visit.queue_place ?? '—'}</td>
      <td className="number">{visit.sequence}</td>
      <th scope="row">
        {visit.name_masked}
        <span className="small block mono">{visit.document_masked}</span>
      </th>
      <td>{hm(visit.starts_at)}</td>
      <td>
        <Tag tone={visitTone[status]}>{t(`visit.${status}`)}</Tag>{' '}
        {visit.tags.map((tag) => (
          <Tag key={tag} tone="wait">
            {tagText(tag, t)}
          </Tag>
        ))}
      </td>
      <td className="number">{visit.calls}</td>
      <td>
        {may('desk.call') && (
          <span className="row acts">
            <IdentityCheck visit={visit} reload={reload} />
            <PriorityGiven visit={visit} reload={reload} />
            {status === 'checked_in' && button('call', 'primary')}
            {status === 'called' && button('seen', 'primary')}
            {status === 'called' && button('miss')}
            {status === 'booked' && (
              <Button look="quiet" onClick={() => setAsking(true)}>
                {t('desk.no-show')}
              </Button>
            )}
            <DeskDirect visit={visit} level={props.level} />
            <DeskTeam visit={visit} level={props.level} />
            <OpenReturn visit={visit} />
          </span>
        )}
        <ProblemNotice problem={asking ? undefined : act.problem} />
        {asking && (
          <Dialog
            title={t('no-show.title', { name: visit.name_masked })}
            onClose={() => setAsking(false)}
          >
            <p>{t('no-show.text')}</p>
            <ProblemNotice problem={act.problem} />
            <div className="row">{button('no-show')}</div>
          </Dialog>
        )}
      </td>
    </tr>
  );
}

function tagText(tag: string, t: ConsoleWords): string {
  const known = [
    'migrated',
    'draw',
    'on_site',
    'follow_up',
    'in_clinic',
    'referral',
    'team',
    'green_channel',
    'added',
    'free_return',
    'late',
    'missed',
    'identity_unseen',
    'elder',
    'military',
    'disabled',
  ] as const;
  const found = known.find((one) => one === tag);
  return found ? t(`tag.${found}`) : tag;
}
