import type { ReactElement } from 'react';
import { dayText } from '../shared/format.ts';
import type { DrawSession } from '../shared/types.ts';
import { Button } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

const PREFERENCES_MAX = 10;

/** The patient's wishes in order: moved up and down by buttons, so that any hand can do it. */
export function Preferences(props: {
  sessions: readonly DrawSession[];
  chosen: readonly string[];
  onChange: (codes: string[]) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { sessions, chosen, onChange } = props;
  const byCode = new Map(sessions.map((session) => [session.session_id, session]));
  const rest = sessions.filter(({ session_id }) => !chosen.includes(session_id));
  const swap = (at: number, to: number): void => {
    const next = [...chosen];
    const [moved] = next.splice(at, 1);
    if (moved !== undefined) next.splice(to, 0, moved);
    onChange(next);
  };
  return (
    <>
      <ol className="stack tight" aria-label={t('draw.preferences')}>
        {chosen.map((code, at) => {
          const session = byCode.get(code);
          return (
            <li key={code} className="option wish">
              <span className="wish-number">{at + 1}</span>
              <span className="wish-text">{session && <SessionText session={session} />}</span>
              <span className="row wish-tools">
                {at > 0 && (
                  <Button
                    look="quiet"
                    aria-label={t('wish.up', { n: at + 1 })}
                    onClick={() => swap(at, at - 1)}
                  >
                    ↑
                  </Button>
                )}
                {at < chosen.length - 1 && (
                  <Button
                    look="quiet"
                    aria-label={t('wish.down', { n: at + 1 })}
                    onClick={() => swap(at, at + 1)}
                  >
                    ↓
                  </Button>
                )}
                <Button
                  look="quiet"
                  aria-label={t('wish.remove-n', { n: at + 1 })}
                  onClick={() => onChange(chosen.filter((one) => one !== code))}
                >
                  {t('wish.remove')}
                </Button>
              </span>
            </li>
          );
        })}
      </ol>
      {chosen.length === 0 && <p className="field-error">{t('wish.none')}</p>}
      {rest.length > 0 && chosen.length < PREFERENCES_MAX && (
        <>
          <h3>{t('wish.more')}</h3>
          <ul className="stack tight">
            {rest.map((session) => (
              <li key={session.session_id} className="option wish">
                <span className="wish-text">
                  <SessionText session={session} />
                </span>
                <Button look="secondary" onClick={() => onChange([...chosen, session.session_id])}>
                  {t('wish.add')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** The clinic with its doctor, who is named once. */
function clinicText({ service_name, practitioner_name }: DrawSession): string {
  if (practitioner_name === null || service_name.includes(practitioner_name)) return service_name;
  return `${practitioner_name} ${service_name}`;
}

/** 12月1日 周二 上午 · 张三 主任号 · 8 个号 */
export function SessionText({ session }: { session: DrawSession }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <>
      <span className="strong">
        {dayText(session.service_date, lang)} {t(`period.${session.period}`)}
      </span>{' '}
      <span>{clinicText(session)}</span>{' '}
      <span className="small">{t('wish.places', { n: session.places })}</span>
    </>
  );
}
