import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { getHospital, listPractitioners } from '../../schedule/index.ts';
import type { ByStaff } from '../direct/types.ts';
import { teamClinic, teamMembers } from './errors.ts';
import { members_max, months_shown } from './rules.ts';
import { escalationMonths, selectTeams, upsertTeam } from './store.ts';

export type Doctor = { practitioner_id: string; name: string; title: string };

export type TeamView = {
  healthcare_service_id: string;
  service_name: string;
  department_id: string;
  department_name: string;
  closed: boolean;
  expert: Doctor;
  members: Doctor[];
  /** Patients sent on to the expert, a month. */
  months: { month: string; total: number }[];
};

const nobody = { name: '', title: '' };

/** A hospital's teams with their doctors' names and how many patients they sent on. */
export async function listTeams(ctx: { db: Db }, hospital_id: string): Promise<TeamView[]> {
  const [hospital, rows, doctors, months] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    selectTeams(ctx.db, hospital_id),
    listPractitioners(ctx, hospital_id),
    escalationMonths(ctx.db, { hospital_id, months: months_shown }),
  ]);
  const services = new Map(hospital.services.map((one) => [one.id, one]));
  const departments = new Map(hospital.departments.map((one) => [one.id, one.name]));
  const names = new Map(doctors.map(({ id, name, title }) => [id, { name, title }]));
  const doctor = (id: string): Doctor => ({ practitioner_id: id, ...(names.get(id) ?? nobody) });
  return rows.map((row) => {
    const service = services.get(row.healthcare_service_id);
    const department_id = service?.department_id ?? '';
    return {
      healthcare_service_id: row.healthcare_service_id,
      service_name: service?.name ?? '',
      department_id,
      department_name: departments.get(department_id) ?? '',
      closed: row.closed_at !== null,
      expert: doctor(row.expert_id),
      members: row.members.map(doctor),
      months: months
        .filter((one) => one.healthcare_service_id === row.healthcare_service_id)
        .map(({ month, total }) => ({ month, total })),
    };
  });
}

/** What the form of a team chooses from: the hospital's team clinics and its doctors. */
export async function teamChoices(
  ctx: { db: Db },
  hospital_id: string,
): Promise<{
  clinics: { healthcare_service_id: string; name: string; department_name: string }[];
  doctors: Doctor[];
}> {
  const [hospital, doctors] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    listPractitioners(ctx, hospital_id),
  ]);
  const departments = new Map(hospital.departments.map((one) => [one.id, one.name]));
  return {
    clinics: hospital.services.filter(isTeamClinic).map((one) => ({
      healthcare_service_id: one.id,
      name: one.name,
      department_name: departments.get(one.department_id) ?? '',
    })),
    doctors: doctors.map(({ id, name, title }) => ({ practitioner_id: id, name, title })),
  };
}

function isTeamClinic(service: { level: string; practitioner_id: string | null }): boolean {
  return service.level === 'team' && service.practitioner_id === null;
}

/**
 * Says who is in a team: the expert it is named for, and the members who see its patients first
 * (R035). Patients read it beside the clinic.
 * @throws Problem booking/team-clinic, team-members.
 */
export async function setTeam(
  ctx: { db: Db; clock: Clock; random: Random },
  input: ByStaff & {
    healthcare_service_id: string;
    expert_id: string;
    members: readonly string[];
    closed: boolean;
  },
): Promise<{ version: number }> {
  const { hospital_id, healthcare_service_id, expert_id, actor } = input;
  const members = [...new Set(input.members)].filter((id) => id !== expert_id);
  const [hospital, doctors] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    listPractitioners(ctx, hospital_id),
  ]);
  const service = hospital.services.find((one) => one.id === healthcare_service_id);
  if (!service || !isTeamClinic(service)) throw new Problem(teamClinic);
  const known = new Set(doctors.map((one) => one.id));
  if (members.length === 0 || members.length > members_max) throw new Problem(teamMembers);
  if (![expert_id, ...members].every((id) => known.has(id))) throw new Problem(teamMembers);
  const closed_at = input.closed ? ctx.clock.now() : null;
  return ctx.db.tx(async (tx) => {
    const row = { healthcare_service_id, hospital_id, expert_id, members, closed_at };
    const written = await upsertTeam(tx, row);
    if (!written) throw new Problem(teamClinic);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.team.changed',
        hospital_id,
        subject: `team:${healthcare_service_id}`,
        version: written.version,
        actor,
        payload: { healthcare_service_id, expert_id, members },
      },
    ]);
    return written;
  });
}
