import { lazy, Suspense, type ReactElement } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Empty, LinkButton, Spinner } from '../shared/ui.tsx';
import { CommonProvider } from './app-context.tsx';
import { AvailabilityPage } from './availability.tsx';
import { DepartmentsPage } from './departments.tsx';
import { HomePage } from './home.tsx';
import { Shell } from './shell.tsx';
import { usePatientWords } from './words.ts';

// First load is the way to a doctor; the rest comes when it is opened.
const SessionPage = lazy(() => import('./session.tsx').then((m) => ({ default: m.SessionPage })));
const VisitsPage = lazy(() => import('./visits.tsx').then((m) => ({ default: m.VisitsPage })));
const VisitPage = lazy(() => import('./visit.tsx').then((m) => ({ default: m.VisitPage })));
const DirectPage = lazy(() => import('./direct.tsx').then((m) => ({ default: m.DirectPage })));
const LimitsPage = lazy(() => import('./limits.tsx').then((m) => ({ default: m.LimitsPage })));
const RulesPage = lazy(() => import('./rules.tsx').then((m) => ({ default: m.RulesPage })));
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
const ActsPage = lazy(() => import('./acts.tsx').then((m) => ({ default: m.ActsPage })));
const SignInPage = lazy(() => import('./sign-in.tsx').then((m) => ({ default: m.SignInPage })));
const NoticesPage = lazy(() => import('./notices.tsx').then((m) => ({ default: m.NoticesPage })));
const MyDataPage = lazy(() => import('./my-data.tsx').then((m) => ({ default: m.MyDataPage })));
const OutboxPage = lazy(() => import('./outbox.tsx').then((m) => ({ default: m.OutboxPage })));

export function App(): ReactElement {
  return (
    <CommonProvider>
      <Shell>
        <Suspense fallback={<Spinner />}>
          <Routes>
            <Route path="/" element={<HomePage />} />
            <Route path="/h/:hospitalId" element={<DepartmentsPage />} />
            <Route path="/h/:hospitalId/rules" element={<RulesPage />} />
            <Route path="/h/:hospitalId/d/:departmentId" element={<AvailabilityPage />} />
            <Route path="/h/:hospitalId/s/:sessionId" element={<SessionPage />} />
            <Route path="/direct" element={<DirectPage />} />
            <Route path="/limits" element={<LimitsPage />} />
            <Route path="/visits" element={<VisitsPage />} />
            <Route path="/visits/:appointmentId" element={<VisitPage />} />
            <Route path="/visits/:appointmentId/pay" element={<PayPage />} />
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
            <Route path="/my-data" element={<MyDataPage />} />
            <Route path="/notices" element={<NoticesPage />} />
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="/outbox" element={<OutboxPage />} />
            <Route path="/index.html" element={<Navigate to="/" replace />} />
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </Shell>
    </CommonProvider>
  );
}

function NotFound(): ReactElement {
  const { t } = usePatientWords();
  return (
    <Empty title={t('page.none')}>
      <LinkButton to="/">{t('nav.home')}</LinkButton>
    </Empty>
  );
}
