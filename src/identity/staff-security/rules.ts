import type { Role } from '../permissions.ts';

/** Whoever runs the system, watches over it, or decides how numbers are given out. */
export const always_second_factor: readonly Role[] = [
  'system_admin',
  'security_admin',
  'audit_admin',
  'registration_manager',
  'information_centre',
  'discipline_office',
];

/** A step of a sign-in must follow the one before it within so long. */
export const step_minutes_max = 5;
export const recovery_codes = 10;
/** Why a second factor is taken away. */
export const reset_reasons = ['phone-lost', 'phone-new', 'suspicion'] as const;
export type ResetReason = (typeof reset_reasons)[number];

/** Wrong sign-ins of one network in a window before it has to wait; a hospital may be one network. */
export const network_failures_max = 30;
export const network_window_minutes = 15;
/** A network somebody signed in from so lately is spared, for that person. */
export const known_network_days = 30;

/** Whether a second factor is asked of these roles, by their nature or by the hospital's rule. */
export function needsSecondFactor(
  held: readonly string[],
  by_hospital: readonly string[],
): boolean {
  return held.some(
    (role) =>
      (always_second_factor as readonly string[]).includes(role) || by_hospital.includes(role),
  );
}

export type Step = 'code' | 'password' | 'enrol';

/**
 * What a sign-in still lacks, in this order: the code of a phone that is enrolled, then a password of
 * one's own, then the enrolment itself. Undefined when it is complete.
 */
export function nextStep(state: {
  enrolled: boolean;
  required: boolean;
  must_change_password: boolean;
  second: string | null;
}): Step | undefined {
  if (state.enrolled && state.second === null) return 'code';
  if (state.must_change_password) return 'password';
  if (state.required && !state.enrolled) return 'enrol';
  return undefined;
}

const systems: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/, 'harmony'],
  [/iPhone|iPad/, 'ios'],
  [/Android/, 'android'],
  [/Windows/, 'windows'],
  [/Mac OS X|Macintosh/, 'mac'],
  [/Linux/, 'linux'],
];
const browsers: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/, 'wechat'],
  [/Alipay/, 'alipay'],
  [/Edg\//, 'edge'],
  [/Firefox\//, 'firefox'],
  [/Chrome\//, 'chrome'],
  [/Safari\//, 'safari'],
];

/** What a browser says of itself, as far as a person recognises a device by it. */
export function deviceOf(user_agent: string): { system: string; browser: string } {
  const first = (list: typeof systems): string =>
    list.find(([sign]) => sign.test(user_agent))?.[1] ?? 'other';
  return { system: first(systems), browser: first(browsers) };
}
