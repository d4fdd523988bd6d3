import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import type { Hospital, Visit } from '../shared/types.ts';
import { Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { comingVisits } from './elder-visits.ts';
import { usePatientWords } from './words.ts';

/** 长辈版: three things, each one press away, and the way to everything else. */
export function ElderHome(): ReactElement {
  const { t } = usePatientWords();
  return (
    <div className="stack">
      <h1>{t('elder.hello')}</h1>
      <Link to="/elder/number" className="elder-button">
        <span className="elder-button-title">{t('elder.number')}</span>
        <NextNumber />
      </Link>
      <Link to="/elder/doctors" className="elder-button">
        <span className="elder-button-title">{t('elder.doctors')}</span>
        <span>{t('elder.doctors-text')}</span>
      </Link>
      <CallButton />
      <Link to="/all" className="button quiet">
        {t('elder.more')}
      </Link>
    </div>
  );
}

/** The next number, said on the button itself. */
function NextNumber(): ReactElement {
  const { t, lang } = usePatientWords();
  const { me } = useCommon();
  const visits = useLoad(me ? 'visits' : null, () =>
    api<{ appointments: Visit[] }>('/api/appointments'),
  );
  const next = comingVisits(visits.data?.appointments ?? [])[0];
  if (me === null) return <span>{t('elder.number-sign')}</span>;
  if (!next) return <span>{visits.data ? t('elder.number-none') : ' '}</span>;
  return (
    <span>
      {dayText(next.service_date, lang)} {span(next.starts_at, next.ends_at)}
    </span>
  );
}

/** Keeps the button's place until the number is known, so that nothing jumps under a finger. */
function CallSoon(): ReactElement {
  const { t } = usePatientWords();
  return (
    <div className="elder-button" aria-hidden="true">
      <span className="elder-button-title">{t('elder.call')}</span>
      <span>{'\u00a0'}</span>
    </div>
  );
}

/** Calls the hospital; where there are several, asks which. */
function CallButton(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals, hospital } = useCommon();
  if (!hospital) return <CallSoon />;
  const isOnly = hospitals.data?.length === 1;
  const inside = (
    <>
      <span className="elder-button-title">{t('elder.call')}</span>
      <span>{isOnly ? hospital.phone : t('elder.call-which')}</span>
    </>
  );
  if (!isOnly)
    return (
      <Link to="/elder/call" className="elder-button">
        {inside}
      </Link>
    );
  return (
    <a href={`tel:${hospital.phone}`} className="elder-button">
      {inside}
    </a>
  );
}

/** The telephone numbers, the one of the person's own hospital first. */
export function ElderCallPage(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals, hospital } = useCommon();
  const ordered = (list: readonly Hospital[]): Hospital[] =>
    [...list].sort((a, b) => Number(b.id === hospital?.id) - Number(a.id === hospital?.id));
  return (
    <div className="stack">
      <h1>{t('elder.call-which')}</h1>
      <Wait on={hospitals}>
        {(list) =>
          ordered(list).map((one) => (
            <a key={one.id} href={`tel:${one.phone}`} className="elder-button">
              <span className="elder-button-title">{one.phone}</span>
              <span>{t('elder.call-text', { hospital: one.name })}</span>
            </a>
          ))
        }
      </Wait>
      <p>{t('elder.window')}</p>
    </div>
  );
}
