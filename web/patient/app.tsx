import { lazy, Suspense, type ReactElement } from 'react';
import { Empty, LinkButton, Spinner } from '../shared/ui.tsx';
import { CommonProvider } from './app-context.tsx';
import { AvailabilityPage } from './availability.tsx';
import { DepartmentsPage } from './departments.tsx';
import { HomePage } from './home.tsx';
import { useDisplay } from '../shared/display.ts';
import { Navigate, Routes } from '../shared/router.tsx';
import { Shell } from './shell.tsx';
import { usePatientWords } from './words.ts';

// First load is the way to a doctor; the rest comes when it is opened.
const ElderHome = lazy(() => import('./elder-home.tsx').then((m) => ({ default: m.ElderHome })));
const ElderCall = lazy(() =>
  import('./elder-home.tsx').then((m) => ({ default: m.ElderCallPage })),
);
const ElderNumber = lazy(() =>
  import('./elder-number.tsx').then((m) => ({ default: m.ElderNumberPage })),
);
const ElderDoctors = lazy(() =>
  import('./elder-doctors.tsx').then((m) => ({ default: m.ElderDoctorsPage })),
);
const DisplayPage = lazy(() => import('./display.tsx').then((m) => ({ default: m.DisplayPage })));
const SessionPage = lazy(() => import('./session.tsx').then((m) => ({ default: m.SessionPage })));
const SearchPage = lazy(() => import('./search.tsx').then((m) => ({ default: m.SearchPage })));
const GuidePage = lazy(() => import('./guide.tsx').then((m) => ({ default: m.GuidePage })));
const TodayPage = lazy(() => import('./today.tsx').then((m) => ({ default: m.TodayPage })));
const CalledOffPage = lazy(() =>
  import('./called-off.tsx').then((m) => ({ default: m.CalledOffPage })),
);
const KnowPage = lazy(() => import('./know.tsx').then((m) => ({ default: m.KnowPage })));
const StandbyPage = lazy(() => import('./standby.tsx').then((m) => ({ default: m.StandbyPage })));
const VisitsPage = lazy(() => import('./visits.tsx').then((m) => ({ default: m.VisitsPage })));
const VisitPage = lazy(() => import('./visit.tsx').then((m) => ({ default: m.VisitPage })));
const DirectPage = lazy(() => import('./direct.tsx').then((m) => ({ default: m.DirectPage })));
const LimitsPage = lazy(() => import('./limits.tsx').then((m) => ({ default: m.LimitsPage })));
const RulesPage = lazy(() => import('./rules.tsx').then((m) => ({ default: m.RulesPage })));
const WaitingPage = lazy(() => import('./waiting.tsx').then((m) => ({ default: m.WaitingPage })));
const PayPage = lazy(() => import('./pay.tsx').then((m) => ({ default: m.PayPage })));
const BillsPage = lazy(() => import('./bills.tsx').then((m) => ({ default: m.BillsPage })));
const EntriesPage = lazy(() => import('./entries.tsx').then((m) => ({ default: m.EntriesPage })));
const EntryPage = lazy(() => import('./entry.tsx').then((m) => ({ default: m.EntryPage })));
const VerifyPage = lazy(() => import('./verify.tsx').then((m) => ({ default: m.VerifyPage })));
const DrawsPage = lazy(() => import('./draws.tsx').then((m) => ({ default: m.DrawsPage })));
const DrawPage = lazy(() => import('./draw.tsx').then((m) => ({ default: m.DrawPage })));
const EnterPage = lazy(() => import('./draw-enter.tsx').then((m) => ({ default: m.EnterPage })));
const DemandPage = lazy(() => import('./demand.tsx').then((m) => ({ default: m.DemandPage })));
const DevicesPage = lazy(() => import('./devices.tsx').then((m) => ({ default: m.DevicesPage })));
const PeoplePage = lazy(() => import('./people.tsx').then((m) => ({ default: m.PeoplePage })));
const HelpersPage = lazy(() => import('./helpers.tsx').then((m) => ({ default: m.HelpersPage })));
const ArchivesPage = lazy(() =>
  import('./archives.tsx').then((m) => ({ default: m.ArchivesPage })),
);
const ActsPage = lazy(() => import('./acts.tsx').then((m) => ({ default: m.ActsPage })));
const SignInPage = lazy(() => import('./sign-in.tsx').then((m) => ({ default: m.SignInPage })));
const NoticesPage = lazy(() => import('./notices.tsx').then((m) => ({ default: m.NoticesPage })));
const MyDataPage = lazy(() => import('./my-data.tsx').then((m) => ({ default: m.MyDataPage })));
const ReportPage = lazy(() => import('./report.tsx').then((m) => ({ default: m.ReportPage })));
const ReportProgressPage = lazy(() =>
  import('./report-progress.tsx').then((m) => ({ default: m.ReportProgressPage })),
);
const OutboxPage = lazy(() => import('./outbox.tsx').then((m) => ({ default: m.OutboxPage })));

const pages = [
  ['/', <Home />],
  ['/all', <HomePage />],
  ['/elder/number', <ElderNumber />],
  ['/elder/doctors', <ElderDoctors />],
  ['/elder/call', <ElderCall />],
  ['/display', <DisplayPage />],
  ['/search', <SearchPage />],
  ['/guide', <GuidePage />],
  ['/today', <TodayPage />],
  ['/notices/stopped', <CalledOffPage />],
  ['/know', <KnowPage />],
  ['/standby', <StandbyPage />],
  ['/h/:hospitalId', <DepartmentsPage />],
  ['/h/:hospitalId/rules', <RulesPage />],
  ['/h/:hospitalId/d/:departmentId', <AvailabilityPage />],
  ['/h/:hospitalId/s/:sessionId', <SessionPage />],
  ['/direct', <DirectPage />],
  ['/limits', <LimitsPage />],
  ['/visits', <VisitsPage />],
  ['/visits/:appointmentId', <VisitPage />],
  ['/visits/:appointmentId/pay', <PayPage />],
  ['/waiting', <WaitingPage />],
  ['/bills', <BillsPage />],
  ['/draws', <DrawsPage />],
  ['/draws/:drawId', <DrawPage />],
  ['/draws/:drawId/enter', <EnterPage />],
  ['/demand', <DemandPage />],
  ['/entries', <EntriesPage />],
  ['/entries/:entryId', <EntryPage />],
  ['/entries/:entryId/verify', <VerifyPage />],
  ['/devices', <DevicesPage />],
  ['/patients', <PeoplePage />],
  ['/patients/:patientId/acts', <ActsPage />],
  ['/patients/:patientId/archives', <ArchivesPage />],
  ['/helpers', <HelpersPage />],
  ['/my-data', <MyDataPage />],
  ['/notices', <NoticesPage />],
  ['/sign-in', <SignInPage />],
  ['/report', <ReportPage />],
  ['/report/:receipt', <ReportProgressPage />],
  ['/outbox', <OutboxPage />],
  ['/index.html', <Navigate to="/" replace />],
] as const;

export function App(): ReactElement {
  return (
    <CommonProvider>
      <Shell>
        <Suspense fallback={<Spinner />}>
          <Routes pages={pages} otherwise={<NotFound />} />
        </Suspense>
      </Shell>
    </CommonProvider>
  );
}

/** 长辈版 has a first page of its own. */
function Home(): ReactElement {
  const { elder } = useDisplay();
  return elder ? <ElderHome /> : <HomePage />;
}

function NotFound(): ReactElement {
  const { t } = usePatientWords();
  return (
    <Empty title={t('page.none')}>
      <LinkButton to="/">{t('nav.home')}</LinkButton>
    </Empty>
  );
}
