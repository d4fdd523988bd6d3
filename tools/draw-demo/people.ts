import type { Context } from '../../src/context.ts';
import { bulkRegisterPersons, type MigratedPerson } from '../../src/identity/index.ts';
import { createPopulation } from '../../src/identity/sandbox/index.ts';
import { addDays } from '../../src/platform/clock.ts';
import { makeWishes, type ListedWish } from '../../src/release/index.ts';
import { draw_group, first_day, type Shape } from './hospital.ts';

export type Wisher = { patient_id: string; wish_id: string };

export type People = {
  /** Who enters the draw, in the order in which they were registered. */
  entrants: Wisher[];
  /** Who asks for the draw too and withdraws while it is open. */
  leavers: Wisher[];
};

type Place = { ctx: Context; hospital_id: string; service_ids: string[]; shape: Shape };

const piece_size = 5_000;
const actor = 'demo';

/** Persons for one in so many entries withdraw before the close, one at least, twenty at most. */
const leaversOf = (entries: number): number => Math.min(20, Math.max(1, Math.floor(entries / 100)));

/**
 * Registers grown-ups of a synthetic population, with a standing wish each for the draw. One in eight
 * shares a payer with a few others; now and then one needs all the notice there is.
 */
export async function makePeople(
  place: Place,
  options: { entries: number; seed: string },
): Promise<People> {
  const { entries, seed } = options;
  const leavers = leaversOf(entries);
  const ids = await register(place.ctx, grownUps(`draw demo ${seed}`, entries + leavers));
  const { clinic_day } = place.shape;
  const days = { from_date: clinic_day, to_date: addDays(clinic_day, 30) };
  const made = await wish(
    place,
    ids.map((patient_id, at) => ({
      ...{ patient_id, ...days, ...wanted(place) },
      notice_days: at % 200 === 17 ? 4 : 2,
      payer_reference: at % 24 < 3 ? `demo-payer-${Math.floor(at / 24)}` : null,
    })),
  );
  return { entrants: made.slice(0, entries), leavers: made.slice(entries) };
}

/** Old and young people who wish for the small draws before: enough of 60 and over in each. */
export async function makeEarlierPeople(place: Place, seed: string): Promise<void> {
  const [from_date = '', to_date = from_date] = [
    place.shape.earlier_days[0],
    place.shape.earlier_days.at(-1),
  ];
  const all = grownUps(`draw demo before ${seed}`, 400);
  const isOld = (person: MigratedPerson) =>
    (person.birth_date ?? '') < addDays(first_day, -61 * 366);
  const some = [
    ...all.filter(isOld).slice(0, 24),
    ...all.filter((one) => !isOld(one)).slice(0, 16),
  ];
  const ids = await register(place.ctx, some);
  const [service] = place.service_ids;
  await wish(
    place,
    ids.map((patient_id) => ({
      ...{ patient_id, from_date, to_date, notice_days: 2, payer_reference: null },
      ...{ healthcare_service_ids: service ? [service] : [], any_service: false },
    })),
  );
}

/** One to three clinics in a random order; one in five takes any other after them. */
function wanted({
  ctx,
  service_ids,
}: Place): Pick<ListedWish, 'healthcare_service_ids' | 'any_service'> {
  const left = [...service_ids];
  const lines = Math.min(left.length, 1 + ctx.random.below(3));
  const healthcare_service_ids = Array.from(
    { length: lines },
    () => left.splice(ctx.random.below(left.length), 1)[0] as string,
  );
  return { healthcare_service_ids, any_service: ctx.random.below(5) === 0 };
}

function grownUps(seed: string, count: number): MigratedPerson[] {
  const size = count * 2 + 100;
  const population = createPopulation({ seed, size });
  const found: MigratedPerson[] = [];
  for (let index = 0; found.length < count && index < size; index++) {
    const { name, birthDate, documentNumber, sex } = population.syntheticPerson(index);
    if (birthDate > '2008-01-01') continue;
    found.push({
      ...{ name, sex, birth_date: birthDate },
      ...{ document_type: 'resident_id', document_number: documentNumber },
    });
  }
  return found;
}

async function register(ctx: Context, persons: readonly MigratedPerson[]): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < persons.length; at += piece_size) {
    const piece = persons.slice(at, at + piece_size);
    const by = { actor, check_source: 'demo' };
    ids.push(...(await ctx.db.tx((tx) => bulkRegisterPersons(tx, ctx, piece, by))));
  }
  return ids;
}

async function wish(place: Place, wishes: readonly ListedWish[]): Promise<Wisher[]> {
  const { ctx, hospital_id } = place;
  const made: Wisher[] = [];
  for (let at = 0; at < wishes.length; at += piece_size) {
    const piece = wishes.slice(at, at + piece_size);
    const list = { hospital_id, draw_group, actor, channel: 'phone' as const, wishes: piece };
    made.push(...(await makeWishes(ctx, list)));
  }
  return made;
}
