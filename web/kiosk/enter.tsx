import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Draw, DrawSession, Session } from '../shared/types.ts';
import { Button, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useHere, write, type Slip } from './here.ts';
import { Step } from './menu.tsx';
import { Pages } from './pages.tsx';
import { useKioskWords } from './words.ts';

const choices_max = 10;

/** Registers for a draw: what is wanted most is touched first. */
export function Enter(props: {
  session: Session;
  draw_id: string;
  back: () => void;
}): ReactElement {
  const { t } = useKioskWords();
  const path = `/api/draws/${props.draw_id}`;
  const draw = useLoad(path, () => api<Draw>(path));
  return (
    <Step title={t('kiosk.draw-title')} back={props.back}>
      <Wait on={draw}>{(found) => <Form draw={found} first={props.session.session_id} />}</Wait>
    </Step>
  );
}

function Form({ draw, first }: { draw: Draw; first: string }): ReactElement {
  const { t, lang } = useKioskWords();
  const here = useHere();
  const [chosen, setChosen] = useState<readonly string[]>([first]);
  const nameOf = (one: DrawSession): string =>
    `${dayText(one.service_date, lang)} ${t(`period.${one.period}`)} ${one.practitioner_name ?? one.service_name}`;
  const byId = new Map(draw.sessions.map((one) => [one.session_id, nameOf(one)]));
  const enter = useAction(async (key) => {
    const path = `/draws/${draw.draw_id}/entries`;
    const slip = await write<Slip>(here, path, { preferences: chosen }, key);
    const wanted = chosen.map((id) => byId.get(id) ?? '');
    here.go({ at: 'ticket', printed: { kind: 'entry', code: draw.code, wanted, slip } });
  });
  return (
    <>
      <p>{t('kiosk.draw-text')}</p>
      <p className="small">
        {t('kiosk.result-at', { time: mdHm(draw.round_at) })}
        {draw.last && ` · ${t('kiosk.draw-odds', draw.last)}`}
      </p>
      <Pages
        of={draw.sessions}
        size={5}
        each={(one) => {
          const at = chosen.indexOf(one.session_id);
          const name = nameOf(one);
          return (
            <li key={one.session_id} className="kiosk-line">
              <span className="grow">
                {at >= 0 && <strong>{t('kiosk.draw-choose', { n: at + 1 })} · </strong>}
                {name}
              </span>
              {at >= 0 ? (
                <Button
                  look="secondary"
                  aria-label={`${t('kiosk.draw-drop')} ${name}`}
                  onClick={() => setChosen(chosen.filter((id) => id !== one.session_id))}
                >
                  {t('kiosk.draw-drop')}
                </Button>
              ) : (
                <Button
                  disabled={chosen.length >= choices_max}
                  aria-label={t('kiosk.draw-pick', { n: chosen.length + 1, name })}
                  onClick={() => setChosen([...chosen, one.session_id])}
                >
                  {t('kiosk.draw-choose', { n: chosen.length + 1 })}
                </Button>
              )}
            </li>
          );
        }}
      />
      <Notice tone="info">{t('kiosk.ticket-money')}</Notice>
      <ProblemNotice problem={enter.problem} />
      <Button
        wide
        busy={enter.busy}
        disabled={chosen.length === 0}
        onClick={() => void enter.run()}
      >
        {t('kiosk.draw-do')}
      </Button>
    </>
  );
}
