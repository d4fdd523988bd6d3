import { Type } from 'typebox';
import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { maskedPatients } from '../identity/index.ts';
import { getHospital } from '../schedule/index.ts';
import { departmentUnknown } from './direct/errors.ts';
import { diagnosisInFuture, notYourPatient } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { insertPriorDiagnosis } from './store-internet.ts';

/**
 * Notes that a person was diagnosed in a department's specialty on a day, by a paper staff have seen or
 * by word of the HIS; what it was is not written down. Noted before changes nothing.
 * @throws Problem booking/not-your-patient, department-unknown, diagnosis-in-future.
 */
export async function notePriorDiagnosis(
  ctx: Pick<BookingContext, 'fields'> & { db: Db; clock: Clock; random: Random },
  input: {
    hospital_id: string;
    patient_id: string;
    department_id: string;
    /** YYYY-MM-DD */
    diagnosed_on: string;
    source: 'paper' | 'his';
    actor: string;
  },
): Promise<void> {
  const { hospital_id, patient_id, diagnosed_on, source, actor } = input;
  const [{ departments }, patients] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    maskedPatients(ctx, [patient_id]),
  ]);
  if (!patients.has(patient_id)) throw new Problem(notYourPatient);
  const department = departments.find(({ id }) => id === input.department_id);
  if (!department) throw new Problem(departmentUnknown);
  const at = ctx.clock.now();
  if (diagnosed_on > shanghaiDate(at)) throw new Problem(diagnosisInFuture);
  const { specialty_code } = department;
  await ctx.db.tx(async (tx) => {
    const row = { hospital_id, patient_id, specialty_code, diagnosed_on, source, noted_by: actor };
    const noted = await insertPriorDiagnosis(tx, { ...row, id: newId(ctx), at });
    if (!noted) return;
    await appendEvents(tx, ctx, [
      {
        name: 'booking.prior-diagnosis.noted',
        hospital_id,
        subject: `prior-diagnosis:${noted.id}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { patient_id, specialty_code, source },
      },
    ]);
  });
}

const Id = Type.String({ format: 'uuid' });
const NoteRequest = Type.Object({
  patient_id: Id,
  department_id: Id,
  diagnosed_on: Type.String({ format: 'date' }),
});

/** The window sees a paper, and the internet clinic is open to its patient. */
export function internetRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/prior-diagnoses',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags: ['booking'],
        summary: '看过病历，登记患者在本院某专科的就诊日期（互联网门诊复诊用，不记诊断内容）',
        body: NoteRequest,
        response: { 200: Type.Object({ done: Type.Boolean() }) },
      },
    },
    async (request) => {
      idempotencyOf(request);
      // Noting the same once more changes nothing.
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await notePriorDiagnosis(ctx, { ...request.body, ...by, source: 'paper' });
      return { done: true };
    },
  );
}
