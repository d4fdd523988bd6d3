import { installationMac } from '../../platform/mac.ts';
import type { Secrets } from '../../platform/secrets.ts';

/** How long a code stands on the screens of a campus; the one before it still counts. */
const code_seconds = 60;

const digits = 6;

function codeOf(secrets: Secrets, campus_id: string, turn: number): string {
  const mac = installationMac(secrets, 'check-in code')(`${campus_id} ${turn}`);
  return String(mac.readUInt32BE(0) % 10 ** digits).padStart(digits, '0');
}

const turnOf = (at: Date): number => Math.floor(at.getTime() / (code_seconds * 1000));

/** The code (签到码) that stands on every screen of a campus now: six digits, and until when. */
export function checkInCode(
  secrets: Secrets,
  campus_id: string,
  at: Date,
): { code: string; until: Date } {
  const turn = turnOf(at);
  return {
    code: codeOf(secrets, campus_id, turn),
    until: new Date((turn + 1) * code_seconds * 1000),
  };
}

/** Whether somebody who types this stands, or stood a minute ago, before a screen of the campus. */
export function isCheckInCode(
  secrets: Secrets,
  campus_id: string,
  given: { code: string; at: Date },
): boolean {
  const turn = turnOf(given.at);
  return [turn, turn - 1].some((one) => codeOf(secrets, campus_id, one) === given.code);
}
