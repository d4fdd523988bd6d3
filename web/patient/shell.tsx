import { type ReactElement, type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { api } from '../shared/api.ts';
import { chooseSize, useDisplay } from '../shared/display.ts';
import { mdHm } from '../shared/format.ts';
import type { Lang } from '../shared/i18n.tsx';
import { connectionNow, watchConnection } from '../shared/kept.ts';
import { Link, NavLink, useLocation } from '../shared/router.tsx';
import type { Hospital } from '../shared/types.ts';
import { AskedBack, Button } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { KeyRenewal } from './code-dialog.tsx';
import { ConsentGate } from './consent-gate.tsx';
import { SaveElsewhere } from './in-app.tsx';
import { ReadAloud } from './read-aloud.tsx';
import { useArrival } from './arrival.ts';
import { usePatientWords } from './words.ts';

const tabs = [
  ['/', 'nav.home'],
  ['/visits', 'nav.visits'],
  ['/entries', 'nav.entries'],
  ['/patients', 'nav.patients'],
] as const;

const elderTabs = [
  ['/', 'nav.home'],
  ['/elder/number', 'elder.number'],
  ['/elder/doctors', 'elder.doctors'],
] as const;

/** Header, tabs, and what every page says: the way without a phone. */
export function Shell(props: { children: ReactNode }): ReactElement {
  const { t } = usePatientWords();
  const { info } = useCommon();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  useArrival(main, pathname, t('app.name'));
  return (
    <>
      <a className="skip" href="#main">
        {t('common.skip')}
      </a>
      <Header />
      {info?.demo_banner && (
        <p className="demo-banner">
          {t('demo.banner')} <Link to="/outbox">{t('demo.outbox')}</Link>
        </p>
      )}
      <Offline />
      <main id="main" ref={main} tabIndex={-1}>
        {props.children}
      </main>
      <ReadAloud place={main} key={pathname} />
      <AskedBack />
      <KeyRenewal />
      <SaveElsewhere />
      <ConsentGate />
      <OtherWays />
      <Tabs />
    </>
  );
}

/** The ways to the main pages; 长辈版 has its own three and the telephone. */
function Tabs(): ReactElement {
  const { t } = usePatientWords();
  const { elder } = useDisplay();
  return (
    <nav className="tabs" aria-label={t('nav.label')}>
      {(elder ? elderTabs : tabs).map(([to, key]) => (
        <NavLink key={to} to={to} end={to === '/'}>
          {t(key)}
        </NavLink>
      ))}
      {elder && <CallTab />}
    </nav>
  );
}

function CallTab(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals, hospital } = useCommon();
  if (hospital && hospitals.data?.length === 1)
    return <a href={`tel:${hospital.phone}`}>{t('elder.call')}</a>;
  return <NavLink to="/elder/call">{t('elder.call')}</NavLink>;
}

/** Says that the network is gone and from when the numbers on the page are. */
function Offline(): ReactElement {
  const { t } = usePatientWords();
  const { offline, at } = useSyncExternalStore(watchConnection, connectionNow);
  return (
    <div role="status">
      {offline && (
        <p className="demo-banner">
          <strong>{t('offline.title')}</strong>
          {' · '}
          {at === null
            ? t('offline.none')
            : t('offline.at', { time: mdHm(new Date(at).toISOString()) })}
        </p>
      )}
    </div>
  );
}

function Header(): ReactElement {
  const { t, lang, setLang } = usePatientWords();
  const { info, hospital } = useCommon();
  const { elder } = useDisplay();
  useAccountsSize();
  return (
    <header className="top">
      <Link to="/" className="brand">
        <span className="seal" aria-hidden="true">
          正
        </span>
        <span className={elder && hospital ? 'hidden-text' : undefined}>{t('app.name')}</span>
      </Link>
      {elder && hospital && <HospitalsNumber hospital={hospital} />}
      {info?.demo && !elder && <span className="chip">{t('demo.chip')}</span>}
      <NoticesLink />
      <span className="row top-tools">
        <Button
          look="quiet"
          aria-pressed={elder}
          onClick={() => chooseSize(elder ? 'usual' : 'elder')}
        >
          {t(elder ? 'elder.off' : 'elder.on')}
        </Button>
        {!elder && (
          <Button look="quiet" onClick={() => setLang(otherLang(lang))}>
            {t('lang.switch')}
          </Button>
        )}
      </span>
    </header>
  );
}

/** 长辈版: the hospital's number stands on top of every page and is called by a press. */
function HospitalsNumber({ hospital }: { hospital: Hospital }): ReactElement {
  const { t } = usePatientWords();
  return (
    <a
      href={`tel:${hospital.phone}`}
      className="top-call"
      aria-label={`${t('elder.call-text', { hospital: hospital.name })} ${hospital.phone}`}
    >
      {hospital.phone}
    </a>
  );
}

/** English, and back to the Chinese that the person reads. */
function otherLang(lang: Lang): Lang {
  if (lang !== 'en') return 'en';
  return /^zh-(hant|tw|hk|mo)/i.test(navigator.language) ? 'zh-Hant' : 'zh-CN';
}

/**
 * The account keeps 长辈版 too: whoever uses it is asked no challenge. A device that was never told a
 * size takes over the account's.
 */
function useAccountsSize(): void {
  const { me, refreshMe } = useCommon();
  const { elder, chosen } = useDisplay();
  const account = me?.account_id;
  const kept = me?.elder_mode;
  const told = useRef('');
  useEffect(() => {
    if (account === undefined || kept === undefined || kept === elder) return;
    if (chosen === 'never') chooseSize('elder');
    if (!elder && chosen !== 'now') return; // chosen on another device
    const telling = `${account} ${elder}`;
    if (told.current === telling) return;
    told.current = telling;
    void keepElder(elder).then(refreshMe);
  }, [account, kept, elder, chosen, refreshMe]);
}

/** The way to the notices, with how many are unread; strangers have none. */
function NoticesLink(): ReactElement | null {
  const { t } = usePatientWords();
  const { me, unread } = useCommon();
  if (!me) return null;
  const n = unread.data?.unread ?? 0;
  return (
    <Link
      to="/notices"
      className="notices-link"
      aria-label={n > 0 ? t('nav.notices-unread', { n }) : t('nav.notices')}
    >
      {t('nav.notices')}
      {n > 0 && <span className="badge">{n > 99 ? '99+' : n}</span>}
    </Link>
  );
}

async function keepElder(elder_mode: boolean): Promise<void> {
  try {
    await api('/api/me/elder-mode', { method: 'PUT', body: { elder_mode } });
  } catch {
    // the page is large all the same
  }
}

function OtherWays(): ReactElement | null {
  const { t } = usePatientWords();
  const { info, hospital } = useCommon();
  const { elder } = useDisplay();
  if (!hospital) return null;
  return (
    <footer className="ways">
      <p>
        {t('ways.text', { hospital: hospital.name })}{' '}
        <a href={`tel:${hospital.phone}`} className="strong">
          {hospital.phone}
        </a>
      </p>
      <p className="small">{t('ways.emergency')}</p>
      {info?.demo && elder && <span className="chip">{t('demo.chip')}</span>}
      <Link to="/display" className="display-link">
        {t('show.title')}
      </Link>
    </footer>
  );
}
