import { lazy, Suspense, type ReactElement } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Empty, LinkButton, Spinner } from '../shared/ui.tsx';
import { CommonProvider } from './app-context.tsx';
import { AvailabilityPage } from './availability.tsx';
import { DepartmentsPage } from './departments.tsx';
import { HomePage } from './home.tsx';
import { useDisplay } from '../shared/display.ts';
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

export function App(): ReactElement {
  return (
    <CommonProvider>
      <Shell>
        <Suspense fallback={<Spinner />}>
          <Routes>
            <Route path="/" element={<Home />} />
            <Route path="/all" element={<HomePage />} />
            <Route path="/elder/number" element={<ElderNumber />} />
            <Route path="/elder/doctors" element={<ElderDoctors />} />
            <Route path="/elder/call" element={<ElderCall />} />
            <Route path="/display" element={<DisplayPage />} />
            <Route path="/search" element={<SearchPage />} />
            <Route path="/guide" element={<GuidePage />} />
            <Route path="/today" element={<TodayPage />} />
            <Route path="/notices/stopped" element={<CalledOffPage />} />
            <Route path="/know" element={<KnowPage />} />
            <Route path="/standby" element={<StandbyPage />} />
            <Route path="/h/:hospitalId" element={<DepartmentsPage />} />
            <Route path="/h/:hospitalId/rules" element={<RulesPage />} />
            <Route path="/h/:hospitalId/d/:departmentId" element={<AvailabilityPage />} />
            <Route path="/h/:hospitalId/s/:sessionId" element={<SessionPage />} />
            <Route path="/direct" element={<DirectPage />} />
            <Route path="/limits" element={<LimitsPage />} />
            <Route path="/visits" element={<VisitsPage />} />
            <Route path="/visits/:appointmentId" element={<VisitPage />} />
            <Route path="/visits/:appointmentId/pay" element={<PayPage />} />
            <Route path="/waiting" element={<WaitingPage />} />
            <Route path="/bills" element={<BillsPage />} />
            <Route path="/draws" element={<DrawsPage />} />
            <Route path="/draws/:drawId" element={<DrawPage />} />
            <Route path="/draws/:drawId/enter" element={<EnterPage />} />
            <Route path="/demand" element={<DemandPage />} />
            <Route path="/entries" element={<EntriesPage />} />
            <Route path="/entries/:entryId" element={<EntryPage />} />
            <Route path="/entries/:entryId/verify" element={<VerifyPage />} />
            <Route path="/devices" element={<DevicesPage />} />
            <Route path="/patients" element={<PeoplePage />} />
            <Route path="/patients/:patientId/acts" element={<ActsPage />} />
            <Route path="/patients/:patientId/archives" element={<ArchivesPage />} />
            <Route path="/helpers" element={<HelpersPage />} />
            <Route path="/my-data" element={<MyDataPage />} />
            <Route path="/notices" element={<NoticesPage />} />
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="/report" element={<ReportPage />} />
            <Route path="/report/:receipt" element={<ReportProgressPage />} />
            <Route path="/outbox" element={<OutboxPage />} />
            <Route path="/index.html" element={<Navigate to="/" replace />} />
            <Route path="*" element={<NotFound />} />
          </Routes>
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
