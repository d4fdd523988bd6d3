export {
  createCampus,
  createHospital,
  getHospital,
  getServices,
  listHospitals,
  listServices,
  serviceHasUndrawnNumbers,
  specialtyOf,
  upsertDepartment,
  upsertHealthcareService,
  upsertPractitioner,
} from './directory.ts';
export { checkChange, countChanges, setSensitive, substituteDoctor } from './changes.ts';
export type { ChangeCount } from './changes.ts';
export {
  assignPractitioner,
  findSessions,
  getSessions,
  resumeSession,
  stopSession,
} from './sessions.ts';
export { createTemplate, materialiseTemplates } from './templates.ts';
export { listImports, runImport } from './import/run.ts';
export { listPractitioners } from './list-practitioners.ts';
export { placeCampus } from './place-campus.ts';
export { approveRedFlags, redFlags } from './red-flags.ts';
export { templateFile } from './import/template-file.ts';
export { scheduleRoutes } from './routes.ts';
export { specialtyNames } from './specialties.data.ts';

// The reading machinery, for other modules' imports.
export { import_limits, readTable } from './import/read-table.ts';
export {
  column,
  createFaults,
  parseChoice,
  parseCode,
  parseDate,
  parseText,
  parseTime,
  parseWhole,
  parseYuan,
} from './import/columns.ts';
export { eachRepeat, faultAt } from './import/validate.ts';

export type { Column, Columns, Fault, Faults, RowOf } from './import/columns.ts';
export type { KindName } from './import/kinds.ts';
export type { RedFlags } from './red-flags.ts';
export type { Table, TableFile, TableRow } from './import/read-table.ts';
export type { ImportInput, ImportReport } from './import/run.ts';
export type {
  DirectPools,
  Hospital,
  HospitalDetail,
  Level,
  Master,
  Mode,
  Period,
  Service,
  SessionFilter,
  SessionView,
} from './types.ts';
