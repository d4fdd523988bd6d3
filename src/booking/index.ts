export { attend, call, checkIn, miss, noShow, see } from './check-in.ts';
export type { DeskContext } from './check-in.ts';
export { deskList } from './desk.ts';
export type { DeskVisit } from './desk.ts';
export { refused } from './errors.ts';
export {
  addInstitution,
  bindReferrer,
  expireReferrals,
  referralRoutes,
  referralSubscriptions,
  setReferralQuota,
} from './referral/index.ts';
export { setTeam, teamRoutes, teamSubscriptions } from './team/index.ts';
export { directSubscriptions, tickDirect } from './direct/index.ts';
export { internetAhead, internetGuard } from './internet.ts';
export { drawInHall, takeHallTicket } from './hall-draw.ts';
export { createBookingHot } from './hot.ts';
export type { BookingHot } from './hot.ts';
export { lapseHolds } from './lapse.ts';
export { dryRun } from './limits/dry-run.ts';
export type { DryRun, HistoryVisit } from './limits/dry-run.ts';
export { cancelTerms } from './limits/deadline.ts';
export { plain_rules, presets } from './limits/presets.ts';
export type { Preset } from './limits/presets.ts';
export { rulesOn } from './limits/read-rules.ts';
export type {
  CancelDeadline,
  Ladders,
  Limit,
  RuleSet,
  RuleSetVersion,
  Rung,
} from './limits/rule-set.ts';
export { writeRules } from './limits/write-rules.ts';
export { giveBackDoubled, mergeSubscriptions, standingVisits } from './merge-patient.ts';
export { moveVisit } from './move.ts';
export {
  conductSubscriptions,
  isRemote,
  restrictionsOf,
  staysOpen,
  type Restriction,
} from './restrictions/index.ts';
export {
  availabilityOf,
  channelPools,
  fhirSlotStatus,
  queueOrder,
  undo_minutes_max,
} from './rules.ts';
export type { Availability, StepName } from './rules.ts';
export { step } from './step.ts';
export type { StepInput, Stepped } from './step.ts';
export { countNumbers, freeNumbers } from './store-availability.ts';
export type { FreeNumber, NumberCounts } from './store-availability.ts';
export { accountAsker } from './for-account.ts';
export {
  bookAtTerminal,
  cancelAtTerminal,
  checkInAtTerminal,
  visitAtTerminal,
} from './for-terminal.ts';
export { changeVisitCategory, payVisit, readVisitPayment } from './pay-visit.ts';
export type { PayContext, VisitPayment } from './pay-visit.ts';
export { Visit as VisitReply } from './schema.ts';
export type { BookingContext } from './for-account.ts';
export { importSold, soldTemplate } from './import-sold.ts';
export type { ImportSoldInput, SoldReport } from './import-sold.ts';
export { bookingRoutes } from './routes.ts';
export type { BookingRoutesOptions } from './staff-routes.ts';
export { entrustedIds, entrustNumbers, hisIds, takeBackNumbers } from './store-his.ts';
export type { HisNumber, TakenBack } from './store-his.ts';
export { callList, logCall } from './log-call.ts';
export type { CallOutcome, ContactDue } from './store-contact.ts';
export {
  attendanceOf,
  fastClinics,
  fastSessions,
  hasVisited,
  holdersOf,
  lockUnclaimed,
} from './store-history.ts';
export type { Attendance, FastClinic } from './store-history.ts';
export {
  claimCooled,
  claimFallenFree,
  claimForDraw,
  claimReturned,
  coolToOnSite,
  freeToOnSite,
  grantPlaces,
  lastGivers,
  onlineNumbers,
  restrictedAmong,
  returnUnplaced,
  sessionsWithCooled,
  stoppedSessions,
} from './store-draw.ts';
export type { ClaimedNumber, CooledNumber, Giver, Grant } from './store-draw.ts';
export {
  assignPools,
  openStock,
  releaseNumbers,
  remoteUntil,
  resumeStock,
  setMethod,
  stopStock,
} from './store-stock.ts';
export type { Shares, StockSession } from './store-stock.ts';
export { countSwept, sweepInvariants } from './store-sweep.ts';
export type { SweepFinding, SweepKind } from './store-sweep.ts';
export { bookingSubscriptions } from './subscribers.ts';
export { paidVisitSubscriptions } from './follow-payment.ts';
export { offerRebookings } from './stopped/index.ts';
export { bookedBetween, queuesOf, visitMoments } from './store-notices.ts';
export type { InSessionQueue, VisitMoment } from './store-notices.ts';
export { numbersOfSessions } from './store-paper.ts';
export type { DayNumber } from './store-paper.ts';
export { typeInPaper } from './type-in.ts';
export type { TypedIn } from './type-in.ts';
export type { PaperCell, PaperLine } from './type-in-rules.ts';
export { book, hold } from './take.ts';
export type { TakeContext, TakeInput, Taken } from './take.ts';
export type { Asker, Channel, NumberState, Pool, Refusal, VisitStatus } from './types.ts';
export { findVisits, listMyVisits, listPatientVisits, readMyVisit, readVisit } from './visits.ts';
export type { Visit } from './visits.ts';
export { bookingPersonData } from './person-data.ts';
export { visitDaysOf, visitIdsOf } from './store-person.ts';
export { waitingRoutes } from './waiting/index.ts';
