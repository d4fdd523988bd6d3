import type { Queryable } from '../../platform/db.ts';
import { personsById } from '../patient-store.ts';
import { isProven } from './rules.ts';

/** Whether somebody has checked a document, and whether its record went into another of the same person. */
export type PersonStanding = { proven: boolean; merged: boolean };

/** How these persons' records stand; a record that is not there is missing. */
export async function personStandings(
  db: Queryable,
  patient_ids: readonly string[],
): Promise<Map<string, PersonStanding>> {
  const persons = await personsById(db, [...new Set(patient_ids)]);
  return new Map(
    persons.map((person) => [
      person.id,
      { proven: isProven(person.check_result), merged: person.merged_into !== null },
    ]),
  );
}
