/** Every staff permission that a route may ask for. */
export const permissions = [
  'staff.manage',
  'schedule.import',
  'schedule.read',
  'schedule.stop',
  'schedule.assign',
  'plan.read',
  'plan.write',
  'plan.approve',
  'review.answer',
  'booking.window',
  'booking.read',
  'booking.in_clinic',
  'booking.add',
  'booking.add_approve',
  'booking.green',
  'booking.follow_up',
  'referral.send',
  'referral.decide',
  'team.write',
  'team.escalate',
  'booking.appeals',
  'desk.check-in',
  'desk.call',
  'desk.screens',
  'patient.read',
  'patient.correct',
  'person.check',
  'delegate.approve',
  'rules.read',
  'rules.write',
  'draw.read',
  'draw.beacon',
  'payment.cash',
  'payment.reconcile',
  'payment.price',
  'clue.read',
  'clue.handle',
  'clue.staff-matters',
  'audit.read',
  'security.read',
  'gate.appeals',
  'security.manage',
  'terminal.manage',
] as const;
export type StaffPermission = (typeof permissions)[number];

export const roles = [
  'system_admin',
  'security_admin',
  'audit_admin',
  'registration_clerk',
  'registration_manager',
  'doctor',
  'triage_nurse',
  'information_centre',
  'referral_office',
  'referrer',
  'discipline_office',
] as const;
export type Role = (typeof roles)[number];

export const roleNames: Record<Role, string> = {
  system_admin: '系统管理员',
  security_admin: '安全管理员',
  audit_admin: '审计管理员',
  registration_clerk: '挂号员',
  registration_manager: '门诊办',
  doctor: '医生',
  triage_nurse: '分诊护士',
  information_centre: '信息中心',
  referral_office: '转诊办',
  referrer: '基层转诊医生',
  discipline_office: '纪检监察室',
};

/**
 * The one matrix of roles and permissions; what is not listed is denied. The three administrators
 * of 等保 are kept apart: the system administrator manages staff and reads no patient, the audit
 * administrator reads the audit trail and nothing else.
 */
const matrix: Record<Role, readonly StaffPermission[]> = {
  system_admin: ['staff.manage', 'terminal.manage', 'schedule.read'],
  security_admin: ['security.read', 'security.manage'],
  audit_admin: ['audit.read'],
  registration_clerk: [
    'rules.read',
    'schedule.read',
    'booking.window',
    'booking.read',
    'desk.check-in',
    'patient.read',
    'draw.read',
    'payment.cash',
    'person.check',
  ],
  registration_manager: [
    'schedule.import',
    'schedule.read',
    'schedule.stop',
    'schedule.assign',
    'plan.read',
    'plan.write',
    'plan.approve',
    'rules.read',
    'rules.write',
    'booking.add_approve',
    'referral.decide',
    'team.write',
    'booking.appeals',
    'gate.appeals',
    'clue.read',
    'clue.handle',
    'booking.window',
    'booking.read',
    'desk.check-in',
    'desk.screens',
    'patient.read',
    'patient.correct',
    'draw.read',
    'draw.beacon',
    'payment.reconcile',
    'payment.price',
    'person.check',
    'delegate.approve',
  ],
  doctor: [
    'schedule.read',
    'review.answer',
    'booking.read',
    'booking.in_clinic',
    'booking.add',
    'booking.green',
    'booking.follow_up',
    'team.escalate',
    'desk.call',
    'patient.read',
  ],
  triage_nurse: [
    'schedule.read',
    'schedule.assign',
    'booking.read',
    'desk.check-in',
    'desk.call',
    'desk.screens',
    'patient.read',
  ],
  information_centre: [
    'terminal.manage',
    'desk.screens',
    'rules.read',
    'schedule.import',
    'schedule.read',
    'plan.read',
    'plan.approve',
    'draw.read',
    'draw.beacon',
    'payment.reconcile',
  ],
  referral_office: ['schedule.read', 'referral.decide'],
  // Of another house: sends patients, and sees those whom they sent.
  referrer: ['referral.send'],
  // Reports about staff are read here only, never by the office they may be about.
  discipline_office: ['clue.read', 'clue.handle', 'clue.staff-matters'],
};

const granted = new Map<string, ReadonlySet<string>>(
  Object.entries(matrix).map(([role, list]) => [role, new Set<string>(list)]),
);

/** Whether one of these roles includes the permission. Unknown roles and permissions are denied. */
export function can(held: readonly string[], permission: string): boolean {
  return held.some((role) => granted.get(role)?.has(permission) === true);
}

const administrators: readonly string[] = ['system_admin', 'security_admin', 'audit_admin'];

/** Whether one person may hold these roles: each exists, once, and an administrator's stands alone. */
export function isRoleSet(held: readonly string[]): held is readonly Role[] {
  return (
    held.length > 0 &&
    new Set(held).size === held.length &&
    held.every((role) => granted.has(role)) &&
    (held.length === 1 || !held.some((role) => administrators.includes(role)))
  );
}
