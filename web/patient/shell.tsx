import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { api } from '../shared/api.ts';
import { Button } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { KeyRenewal } from './code-dialog.tsx';
import { ConsentGate } from './consent-gate.tsx';
import { usePatientWords } from './words.ts';

const tabs = [
  ['/', 'nav.home'],
  ['/visits', 'nav.visits'],
  ['/entries', 'nav.entries'],
  ['/patients', 'nav.patients'],
] as const;

/** Header, tabs, and what every page says: the way without a phone. */
export function Shell(props: { children: ReactNode }): ReactElement {
  const { t } = usePatientWords();
  const { info } = useCommon();
  const { pathname } = useLocation();
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [pathname]);
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
      <main id="main">{props.children}</main>
      <KeyRenewal />
      <ConsentGate />
      <OtherWays />
      <nav className="tabs" aria-label={t('nav.label')}>
        {tabs.map(([to, key]) => (
          <NavLink key={to} to={to} end={to === '/'}>
            {t(key)}
          </NavLink>
        ))}
      </nav>
    </>
  );
}

function Header(): ReactElement {
  const { t, lang, setLang } = usePatientWords();
  const { info, me, refreshMe } = useCommon();
  const [elder, setElder] = useState(readElder);
  // The account keeps the choice too: whoever reads large type is asked no challenge.
  const account = me?.account_id;
  const told = useRef('');
  useEffect(() => {
    if (account === undefined || me?.elder_mode === elder) return;
    if (!elder && told.current === '') return; // chosen on another device
    const telling = `${account} ${elder}`;
    if (told.current === telling) return;
    told.current = telling;
    void keepElder(elder).then(refreshMe);
  }, [account, me?.elder_mode, elder, refreshMe]);
  useEffect(() => {
    document.documentElement.classList.toggle('elder', elder);
    try {
      localStorage.setItem('zh.elder', elder ? '1' : '0');
    } catch {
      // it holds for this visit
    }
  }, [elder]);
  return (
    <header className="top">
      <Link to="/" className="brand">
        <span className="seal" aria-hidden="true">
          正
        </span>
        <span>{t('app.name')}</span>
      </Link>
      {info?.demo && <span className="chip">{t('demo.chip')}</span>}
      <NoticesLink />
      <span className="row top-tools">
        <Button look="quiet" aria-pressed={elder} onClick={() => setElder(!elder)}>
          {t(elder ? 'elder.off' : 'elder.on')}
        </Button>
        <Button look="quiet" onClick={() => setLang(lang === 'en' ? 'zh-CN' : 'en')}>
          {t('lang.switch')}
        </Button>
      </span>
    </header>
  );
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

function readElder(): boolean {
  try {
    return localStorage.getItem('zh.elder') === '1';
  } catch {
    return false;
  }
}

function OtherWays(): ReactElement | null {
  const { t } = usePatientWords();
  const { hospital } = useCommon();
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
    </footer>
  );
}
