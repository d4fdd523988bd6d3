import type { EventName, Events } from '../../src/events.ts';
import {
  can,
  createOutboxSms,
  linkPatient,
  registerPatient,
  type SmsSender,
} from '../../src/identity/index.ts';
import { notifyRoutes, notifySubscriptions, sendMessages } from '../../src/notify/index.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createHttp, type App, type Session } from '../../src/platform/http.ts';
import { newId } from '../../src/platform/id.ts';
import { createOutbox } from '../../src/platform/outbox.ts';
import { sql } from '../../src/platform/sql.ts';
import { clinicWorld } from './clinic.ts';

/** What a phone got. */
export type Received = { key: string; to: string; text: string };

/**
 * A clinic whose results reach people: events are told as release and booking tell them, and a
 * gateway that keeps what it took and can be made to fail.
 */
export async function notifyWorld(seed: string) {
  const clinic = await clinicWorld(seed);
  const { db, fields, clock } = clinic.ctx;
  const received: Received[] = [];
  const outbox = createOutboxSms(clinic.ctx);
  const gateway: { before?: (message: Received) => void; after?: (message: Received) => void } = {};
  const sms: SmsSender = {
    send: async (message) => {
      gateway.before?.(message);
      received.push(message);
      await outbox.send(message);
      gateway.after?.(message);
    },
  };
  const ctx = { ...clinic.ctx, sms };
  const drain = () => createOutbox(ctx, notifySubscriptions(ctx)).drain();
  await db.run(
    sql`update schedule.hospital set phone = '028-12345678' where id = ${clinic.hospital_id}`,
  );
  return {
    ...clinic,
    ctx,
    received,
    gateway,
    drain,
    /** Hears the news and sends what may go out now. */
    settle: async (): Promise<number> => {
      await drain();
      return sendMessages(ctx);
    },
    pass: (minutes: number) => clock.set(new Date(clock.now().getTime() + minutes * 60_000)),
    /** An account with its verified phone, acting for these patients. */
    holder: async (phone: string, ...patient_ids: string[]): Promise<string> => {
      const account_id = newId(ctx);
      await db.run(sql`insert into identity.account (id, sealed_phone, phone_index, created_at)
        values (${account_id}, ${fields.seal(phone, 'identity.account.phone')},
          ${fields.blindIndex(phone, 'identity.phone')}, ${clock.now()})`);
      for (const patient_id of patient_ids)
        await linkPatient(ctx, { account_id, patient_id, relation: 'other' });
      return account_id;
    },
    /** The next synthetic person, registered at the window with a phone of their own. */
    withPhone: async (phone: string) => {
      const one = clinic.stranger();
      const { patient_id } = await registerPatient(ctx, {
        name: one.name,
        document_type: one.documentType,
        document_number: one.documentNumber,
        phone,
        how: 'counter',
        actor: 'system:test',
      });
      return { ...one, patient_id };
    },
    /** Something happened to a patient; returns the event's id. */
    happen: async <Name extends EventName>(
      name: Name,
      patient_id: string,
      payload: Events[Name],
    ): Promise<string> => {
      const id = newId(ctx);
      await db.run(sql`
        insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
        values (${id}, ${clinic.hospital_id}, ${name}, ${`test:${id}`}, 1, ${patient_id}, 'system:test',
          ${JSON.stringify(payload)}, ${clock.now()})`);
      return id;
    },
    /** The routes of notices; requests say who is signed in by the header `x-test-session`. */
    site: async (log_level = 'silent'): Promise<App> => {
      const app = await createHttp({
        config: readConfig({ LOG_LEVEL: log_level }),
        authenticate: (request) => {
          const text = request.headers['x-test-session'];
          return typeof text === 'string' ? (JSON.parse(text) as Session) : undefined;
        },
        can: (roles, permission) => can(roles, permission),
        log: log_level !== 'silent',
      });
      notifyRoutes(app, ctx);
      return app;
    },
    states: async (): Promise<string[]> =>
      (await db.many<{ state: string }>(sql`select state from notify.message order by id`)).map(
        (row) => row.state,
      ),
  };
}

export type NotifyWorld = Awaited<ReturnType<typeof notifyWorld>>;
