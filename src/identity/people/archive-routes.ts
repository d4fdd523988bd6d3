import { Type } from 'typebox';
import { accountOf, actorOf, hospitalOf, type App } from '../../platform/http.ts';
import type { IdentityContext } from '../types.ts';
import { askArchive, checkArchive, chooseOwnArchive, listOwnArchives, removeOwnArchive } from './own-archives.ts'; // prettier-ignore
import * as schema from './schema.ts';

const tags = ['identity'];
const account = { permission: 'account' } as const;
const Id = Type.String({ format: 'uuid' });

const OwnArchives = Type.Object({
  archives: Type.Array(
    Type.Object({
      archive_id: Id,
      hospital_id: Id,
      number_masked: Type.String(),
      chosen: Type.Boolean(),
      checked: Type.Boolean(),
    }),
  ),
});
const Asked = Type.Object({
  hospital_id: Id,
  number: Type.String({ minLength: 3, maxLength: 40 }),
});
const AskedReply = Type.Object({ state: Type.Enum(['asked', 'known']) });

/** 病历号 and 就诊卡号 of the people of an account. */
export function ownArchiveRoutes(app: App, ctx: IdentityContext): void {
  readAndAsk(app, ctx);
  chooseAndRemove(app, ctx);
}

function readAndAsk(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/patients/:patient_id/archives',
    {
      config: account,
      schema: {
        tags,
        summary: '院内档案 of a person of this account at every hospital, masked',
        params: schema.Params,
        response: { 200: OwnArchives },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      return { archives: await listOwnArchives(ctx, { account_id, ...request.params }) };
    },
  );
  app.post(
    '/api/patients/:patient_id/archives',
    {
      config: { ...account, cost: 5 },
      schema: {
        tags,
        summary: 'Write down an archive number; the hospital checks it before it is used',
        params: schema.Params,
        body: Asked,
        response: { 200: AskedReply },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return askArchive(ctx, { account_id, ...request.params, ...request.body });
    },
  );
}

function chooseAndRemove(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/patients/:patient_id/archives/:archive_id/choose',
    {
      config: account,
      schema: {
        tags,
        summary: 'Use this archive at its hospital from now on',
        params: schema.ArchiveParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await chooseOwnArchive(ctx, { account_id, ...request.params });
      return { done: true };
    },
  );
  app.delete(
    '/api/patients/:patient_id/archives/:archive_id',
    {
      config: account,
      schema: {
        tags,
        summary: 'Use this archive no more; the hospital’s own file stays as it is',
        params: schema.ArchiveParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await removeOwnArchive(ctx, { account_id, ...request.params });
      return { done: true };
    },
  );
}

/** What the window says of a number that an account wrote down. */
export function archiveCheckRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/staff/patients/:patient_id/archives/:archive_id/check',
    {
      config: { permission: 'person.check' },
      schema: {
        tags,
        summary: 'An archive number the patient wrote down is theirs, or is not',
        params: schema.ArchiveParams,
        body: schema.Answer,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await checkArchive(ctx, {
        ...{ ...request.params, ...request.body },
        ...{ hospital_id: hospitalOf(request), actor: actorOf(request) },
      });
      return { done: true };
    },
  );
}
