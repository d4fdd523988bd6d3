import { roleNames, roles, type Role } from './permissions.ts';
import { prepareStaff, storeStaff, type StaffContext } from './staff.ts';
import { knownUsernames } from './staff-store.ts';

/** What the demo's front page offers to sign in with. */
export type DemoLogins = {
  staff: { username: string; password: string; display_name: string; role: string }[];
  phones: string[];
  /** Persons the sandbox authority knows, to register as patients. */
  people: { name: string; document_number: string; phone: string }[];
};

export const demo_password = 'zhenghao-demo';

const usernames: Record<Role, string> = {
  system_admin: 'admin',
  security_admin: 'security',
  audit_admin: 'audit',
  registration_clerk: 'clerk',
  registration_manager: 'manager',
  doctor: 'doctor',
  triage_nurse: 'nurse',
  information_centre: 'it',
  referral_office: 'referrals',
  referrer: 'community',
  discipline_office: 'discipline',
};

/**
 * Creates one demo account a role, those missing only. Never call it outside demo mode: the
 * password is public.
 * @throws Error when the installation is not a demo.
 */
export async function seedDemo(
  ctx: StaffContext & { config: { demo: boolean } },
  hospital_id: string,
): Promise<DemoLogins['staff']> {
  if (!ctx.config.demo) throw new Error('demo accounts exist in demo mode only');
  const logins = roles.map((role) => ({
    username: usernames[role],
    password: demo_password,
    display_name: `演示${roleNames[role]}`,
    role,
  }));
  const known = await knownUsernames(ctx.db, Object.values(usernames));
  for (const login of logins.filter((one) => !known.has(one.username))) {
    const staff = await prepareStaff(ctx, { ...login, hospital_id, roles: [login.role] });
    await ctx.db.tx((tx) => storeStaff(tx, ctx, staff, 'demo'));
  }
  return logins;
}
