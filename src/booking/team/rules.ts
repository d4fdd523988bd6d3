/** Why a member sends a patient on to the named expert. */
export const escalationReasons = ['complex', 'severe', 'plan', 'procedure'] as const;
export type EscalationReason = (typeof escalationReasons)[number];

/** So many days ahead the expert's numbers are offered. */
export const escalation_days = 42;
export const offers_max = 12;
export const members_max = 30;
export const months_shown = 24;
