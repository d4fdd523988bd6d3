import type { Level } from './compile.ts';

/**
 * Whether a session is for everyone at any time: emergency, and clinics that cannot wait (fever,
 * dialysis, rabies …). No limit, cooling or restriction ever closes it.
 */
export function staysOpen(session: { level: string; time_critical: string | null }): boolean {
  const emergency: Level = 'emergency';
  return session.level === emergency || session.time_critical !== null;
}
