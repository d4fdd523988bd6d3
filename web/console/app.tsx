import { lazy, Suspense, type ReactElement } from 'react';
import { api, rememberSignedIn } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Link, Navigate, NavLink, Routes, useLocation } from '../shared/router.tsx';
import { AskedBack, Button, Empty, Spinner } from '../shared/ui.tsx';
import { AuditPage } from './audit.tsx';
import { CallsPage } from './calls.tsx';
import { DeskPage } from './desk.tsx';
import { DrawsPage } from './draws.tsx';
import { ImportsPage } from './imports.tsx';
import { PaperPage } from './paper.tsx';
import { PlansPage } from './plans.tsx';
import { ReviewsPage } from './reviews.tsx';
import { SessionsPage } from './sessions.tsx';
import { SetupPage } from './setup.tsx';
import { SignInPage } from './sign-in.tsx';
import { SlowCasesPage } from './slow-cases.tsx';
import { StaffProvider, useStaff } from './staff-context.tsx';
import { WindowPage } from './window.tsx';
import { useConsoleWords } from './words.ts';

// Pages that most of the staff never open come when they are opened.
const AddNumberPage = lazy(() =>
  import('./add-number.tsx').then((m) => ({ default: m.AddNumberPage })),
);
const AddedOfficePage = lazy(() =>
  import('./added-office.tsx').then((m) => ({ default: m.AddedOfficePage })),
);
const AddedReportPage = lazy(() =>
  import('./added-report.tsx').then((m) => ({ default: m.AddedReportPage })),
);
const ReferPage = lazy(() => import('./referral-send.tsx').then((m) => ({ default: m.ReferPage })));
const ReferralOfficePage = lazy(() =>
  import('./referral-office.tsx').then((m) => ({ default: m.ReferralOfficePage })),
);
const ReferralReportPage = lazy(() =>
  import('./referral-report.tsx').then((m) => ({ default: m.ReferralReportPage })),
);
const TeamsPage = lazy(() => import('./team-setup.tsx').then((m) => ({ default: m.TeamsPage })));

const PersonCasesPage = lazy(() =>
  import('./person-cases.tsx').then((m) => ({ default: m.PersonCasesPage })),
);
const DelegatesPage = lazy(() =>
  import('./delegates.tsx').then((m) => ({ default: m.DelegatesPage })),
);
const RequestsPage = lazy(() =>
  import('./requests.tsx').then((m) => ({ default: m.RequestsPage })),
);
const ConductPage = lazy(() => import('./conduct.tsx').then((m) => ({ default: m.ConductPage })));
const RulesPage = lazy(() => import('./rules.tsx').then((m) => ({ default: m.RulesPage })));
const MoneyPage = lazy(() => import('./money.tsx').then((m) => ({ default: m.MoneyPage })));

const SecurityPage = lazy(() =>
  import('./security.tsx').then((m) => ({ default: m.SecurityPage })),
);
const CluesPage = lazy(() => import('./clues.tsx').then((m) => ({ default: m.CluesPage })));
const ScreensPage = lazy(() => import('./screens.tsx').then((m) => ({ default: m.ScreensPage })));
const FindPage = lazy(() => import('./find.tsx').then((m) => ({ default: m.FindPage })));
const ShiftPage = lazy(() => import('./window-shift.tsx').then((m) => ({ default: m.ShiftPage })));
const ChannelsPage = lazy(() =>
  import('./channels.tsx').then((m) => ({ default: m.ChannelsPage })),
);
const TerminalsPage = lazy(() =>
  import('./terminals.tsx').then((m) => ({ default: m.TerminalsPage })),
);
const MePage = lazy(() => import('./me.tsx').then((m) => ({ default: m.MePage })));

const pages = [
  ['/imports', 'nav.imports', 'schedule.import', <ImportsPage />],
  ['/sessions', 'nav.sessions', 'schedule.read', <SessionsPage />],
  ['/find', 'nav.find', 'schedule.stop', <FindPage />],
  ['/plans', 'nav.plans', 'plan.read', <PlansPage />],
  ['/rules', 'nav.rules', 'rules.read', <RulesPage />],
  ['/draws', 'nav.draws', 'draw.read', <DrawsPage />],
  ['/window', 'nav.window', 'booking.window', <WindowPage />],
  ['/shift', 'nav.shift', 'payment.cash', <ShiftPage />],
  ['/channels', 'nav.channels', 'booking.window', <ChannelsPage />],
  ['/person-cases', 'nav.person-cases', 'person.check', <PersonCasesPage />],
  ['/delegates', 'nav.delegates', 'delegate.approve', <DelegatesPage />],
  ['/requests', 'nav.requests', 'patient.correct', <RequestsPage />],
  ['/calls', 'nav.calls', 'booking.window', <CallsPage />],
  ['/conduct', 'nav.conduct', 'booking.window', <ConductPage />],
  ['/reviews', 'nav.reviews', 'review.answer', <ReviewsPage />],
  ['/add', 'nav.add', 'booking.add', <AddNumberPage />],
  ['/added', 'nav.added', 'booking.add_approve', <AddedOfficePage />],
  ['/added-report', 'nav.added-report', 'booking.add_approve', <AddedReportPage />],
  ['/clues', 'nav.clues', 'clue.read', <CluesPage />],
  ['/refer', 'nav.refer', 'referral.send', <ReferPage />],
  ['/referrals', 'nav.referrals', 'referral.decide', <ReferralOfficePage />],
  ['/referral-report', 'nav.referral-report', 'referral.decide', <ReferralReportPage />],
  ['/teams', 'nav.teams', 'team.write', <TeamsPage />],
  ['/slow-cases', 'nav.slow-cases', 'gate.appeals', <SlowCasesPage />],
  ['/paper', 'nav.paper', 'booking.read', <PaperPage />],
  ['/desk', 'nav.desk', 'booking.read', <DeskPage />],
  ['/screens', 'nav.screens', 'desk.screens', <ScreensPage />],
  ['/terminals', 'nav.terminals', 'terminal.manage', <TerminalsPage />],
  ['/money', 'nav.money', 'payment.reconcile', <MoneyPage />],
  ['/security', 'nav.security', 'security.read', <SecurityPage />],
  ['/audit', 'nav.audit', 'audit.read', <AuditPage />],
] as const;

export function App(): ReactElement {
  return (
    <StaffProvider>
      <Inside />
    </StaffProvider>
  );
}

function Inside(): ReactElement {
  const { staff } = useStaff();
  const { pathname } = useLocation();
  if (pathname === '/setup') return <SetupPage />;
  if (staff === undefined) return <Spinner />;
  return staff === null ? <SignInPage /> : <Desk />;
}

function Desk(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const { pathname } = useLocation();
  const allowed = pages.filter(([, , permission]) => may(permission));
  const first = allowed[0]?.[0];
  const known = pages.some(([path]) => path === pathname);
  return (
    <>
      <a className="skip" href="#main">
        {t('common.skip')}
      </a>
      <Top />
      <div className="frame">
        <nav className="side" aria-label={t('nav.label')}>
          {allowed.map(([path, key]) => (
            <NavLink key={path} to={path}>
              {t(key)}
            </NavLink>
          ))}
        </nav>
        <main id="main">
          <Suspense fallback={<Spinner />}>
            <Routes
              pages={[
                ...allowed.map(([path, , , page]) => [path, page] as const),
                ['/me', <MePage />],
              ]}
              otherwise={
                known || first === undefined ? (
                  <Empty title={t('nav.not-allowed')} />
                ) : (
                  <Navigate to={first} replace />
                )
              }
            />
          </Suspense>
        </main>
      </div>
      <AskedBack />
    </>
  );
}

function Top(): ReactElement {
  const { t, lang, setLang } = useConsoleWords();
  const { info, staff, hospital, refresh } = useStaff();
  const leave = useAction(async () => {
    await api('/api/staff/sign-out', { method: 'POST' });
    rememberSignedIn(false);
    refresh();
  });
  return (
    <header className="bar">
      <Link to="/" className="brand">
        <span className="seal" aria-hidden="true">
          正
        </span>
        <span>{t('app.console')}</span>
      </Link>
      {info?.demo && <span className="chip">{t('demo.chip')}</span>}
      <span className="bar-hospital">{hospital?.name}</span>
      <span className="row bar-tools">
        <Link to="/me" title={t('nav.me')}>
          {staff?.display_name}
        </Link>
        <Button look="quiet" onClick={() => setLang(lang === 'en' ? 'zh-CN' : 'en')}>
          {t('lang.switch')}
        </Button>
        <Button look="quiet" busy={leave.busy} onClick={() => void leave.run()}>
          {t('sign.out')}
        </Button>
      </span>
    </header>
  );
}
