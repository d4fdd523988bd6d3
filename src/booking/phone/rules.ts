/** How far back callers are looked at. */
export const caller_days = 30;

/**
 * From so many persons of one number in that time on, somebody should look: a family is rarely larger.
 * It is a sign for people to judge and refuses nobody; limits are the hospital's rules alone.
 */
export const caller_people_sign = 6;

export function isSign(people: number): boolean {
  return people >= caller_people_sign;
}

/** How a caller is named in a list: the beginning of the keyed index, never the number. */
export function callerName(index: string): string {
  return index.slice(0, 8).toUpperCase();
}
