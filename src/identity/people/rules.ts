/** Below this age a guardian books for a child without the child's own agreement. */
export const child_age_max = 14;
/** From this age on a person answers for a child. */
export const adult_age_min = 18;

/**
 * What an account may do for a patient. `pending`: nothing until the patient agrees; `trial`: a few
 * bookings until staff have seen the document; `delegate`: a helper within a quota; `merged`: only
 * look after what was booked before two records became one.
 */
export type LinkState = 'pending' | 'trial' | 'active' | 'delegate' | 'merged';

/** How the patient's agreement came. */
export type ConfirmedBy =
  'none' | 'self' | 'code' | 'counter' | 'credential' | 'guardian' | 'paper';

/** Whether an authority or staff have confirmed that the document is this person's. */
export function isProven(check_result: string): boolean {
  return check_result === 'match' || check_result === 'counter' || check_result === 'migrated';
}

const citizens: readonly string[] = ['resident_id', 'household_register'];

/**
 * Whether a person whom the authority did not confirm may go on by the manual lane: anybody while it
 * is silent, and those with documents it does not serve. A citizen's number it does not know is
 * refused online: that is what a made-up number looks like.
 */
export function mayGoManual(document_type: string, result: string): boolean {
  return result === 'unavailable' || (result === 'unknown' && !citizens.includes(document_type));
}

export type LinkFacts = {
  relation: string;
  /** Age of the patient today; null when no birth date is known. */
  age: number | null;
  /** Whether the account's owner is a known adult: the guardian that answers for a child. */
  guarded: boolean;
  /** The phone on the patient's record is proven, and is the account's own. */
  same_phone: boolean;
  /** The phone on the patient's record is proven, and is another. */
  other_phone: boolean;
  /** Another account already is the patient's own. */
  other_self: boolean;
};

/** Who has agreed already when an account adds a patient; `none` asks the patient first. */
export function agreementOf(facts: LinkFacts): ConfirmedBy {
  if (facts.same_phone) return facts.relation === 'self' ? 'self' : 'counter';
  if (facts.relation === 'self') return facts.other_phone || facts.other_self ? 'none' : 'self';
  const child = facts.age !== null && facts.age < child_age_max;
  if (facts.relation === 'child' && child && facts.guarded) return 'guardian';
  return 'none';
}

/** What a link may do, by agreement and document. */
export function stateOf(confirmed_by: ConfirmedBy, proven: boolean): LinkState {
  if (confirmed_by === 'none') return 'pending';
  return proven ? 'active' : 'trial';
}

/** Ends of a phone that its owner knows and a stranger learns nothing from: 尾号 34. */
export function phoneEnd(phone: string): string {
  return phone.slice(-2);
}
