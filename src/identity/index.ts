export { accountFacts, type AccountFacts } from './account-facts.ts';
export { addPatient } from './add-patient.ts';
export { callerIndex } from './caller.ts';
export { bulkRegisterPersons } from './bulk-register-persons.ts';
export type { MigratedPerson } from './bulk-register-persons.ts';
export { correctPatientName } from './correct-patient.ts';
export { demo_password, seedDemo } from './demo.ts';
export type { DemoLogins } from './demo.ts';
export {
  DOCUMENT_TYPES,
  isDocumentType,
  maskDocument,
  maskName,
  maskPhone,
  validateDocument,
  validatePhone,
} from './documents/index.ts';
export type { DocumentType } from './documents/index.ts';
export { findPatientsByPhone } from './find-by-phone.ts';
export { families, linkPatient, mayActFor, unlinkPatient } from './link-patient.ts';
export {
  codeChannels,
  createOutboxSender,
  createOutboxSms,
  noSms,
  SmsRefused,
} from './messages.ts';
export type { CodeChannel, SmsSender } from './messages.ts';
export { can, isRoleSet, permissions, roleNames, roles } from './permissions.ts';
export type { Role, StaffPermission } from './permissions.ts';
export {
  findPatientByDocument,
  listPatients,
  keptPatient,
  maskedPatients,
  patientNames,
  personFacts,
  personTag,
  personTagOf,
  personTags,
  readPatient,
} from './read-patients.ts';
export type { MaskedPatient, PatientInClear } from './read-patients.ts';
export { actorWords, type ActorWords } from './people/actors.ts';
export { chosenArchive, patientOfArchive, recordArchive } from './people/archives.ts';
export { disputeAct } from './people/cases.ts';
export { claimBooking } from './people/claim-booking.ts';
export { personStandings, type PersonStanding } from './people/standing.ts';
export { createDelegateList } from './people/delegate-list.ts';
export { disputedActs } from './people/read-acts.ts';
export { proveAccountPhone, sendAccountCode } from './prove-phone.ts';
export { createRealName } from './people/create-real-name.ts';
export type { RealNameProvider } from './real-name.ts';
export { recipientsOf } from './recipients.ts';
export type { Recipients } from './recipients.ts';
export { registerPatient } from './register-patient.ts';
export type { RegisterContext, RegisterInput } from './register-patient.ts';
export { requestCode } from './request-code.ts';
export { identityRoutes } from './routes.ts';
export { networkOf, relations } from './rules.ts';
export type { Relation } from './rules.ts';
export { createAuthenticator, session_cookie, signToken } from './session-token.ts';
export { renewSession, signOut } from './sessions.ts';
export { completeSetup, needsSetup, offerSetup } from './setup.ts';
export { signIn } from './sign-in.ts';
export { signInStaff } from './sign-in-staff.ts';
export type { IdentityContext } from './types.ts';
export { createStaff, disableStaff, listStaff } from './staff.ts';
export { consentGuard } from './privacy/guard.ts';
export { sweepPersonalData } from './privacy/retention.ts';
export { privacyRoutes } from './privacy/routes.ts';
export type { AutomatedDecision, PersonData } from './privacy/types.ts';
