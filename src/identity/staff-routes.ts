import { Problem } from '../platform/problem.ts';
import { actorOf, staffOf, type App } from '../platform/http.ts';
import { correctPatientName } from './correct-patient.ts';
import { patientUnknown } from './errors.ts';
import { can, permissions } from './permissions.ts';
import { maskedPatients, readPatient } from './read-patients.ts';
import { registerPatient } from './register-patient.ts';
import * as schema from './schema.ts';
import { staffSignInRoutes } from './staff-security/routes.ts';
import { securityRoutes } from './staff-security/watch-routes.ts';
import type { IdentityContext } from './types.ts';
import { changePassword, createStaff, disableStaff, listStaff, readMember } from './staff.ts';

const tags = ['identity'];

export function staffRoutes(app: App, ctx: IdentityContext): void {
  staffSignInRoutes(app, ctx);
  securityRoutes(app, ctx);
  ownRoutes(app, ctx);
  memberRoutes(app, ctx);
  windowRoutes(app, ctx);
  readRoutes(app, ctx);
}

function ownRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/me',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'The signed-in staff member and what they may do',
        response: { 200: schema.StaffMeReply },
      },
    },
    async (request) => {
      const { id: staff_id, ...member } = await readMember(ctx, staffOf(request).staff_id);
      return {
        staff_id,
        ...member,
        permissions: permissions.filter((one) => can(member.roles, one)),
      };
    },
  );
  app.post(
    '/api/staff/password',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'Change one’s own password',
        body: schema.PasswordRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { staff_id, session_id } = staffOf(request);
      await changePassword(ctx, { ...request.body, staff_id, session_id });
      return { done: true };
    },
  );
}

function memberRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/members',
    {
      config: { permission: 'staff.manage' },
      schema: { tags, summary: 'The staff', response: { 200: schema.MembersReply } },
    },
    async (request) => {
      const members = await listStaff(ctx, staffOf(request).hospital_id);
      return {
        members: members.map(({ id: staff_id, disabled_at, ...member }) => ({
          ...member,
          staff_id,
          disabled: disabled_at !== null,
        })),
      };
    },
  );
  app.post(
    '/api/staff/members',
    {
      config: { permission: 'staff.manage' },
      schema: {
        tags,
        summary: 'Create a staff account; the user name makes it happen once',
        body: schema.MemberRequest,
        response: { 200: schema.MemberCreated },
      },
    },
    (request) => {
      const hospital_id = staffOf(request).hospital_id ?? request.body.hospital_id ?? null;
      const actor = actorOf(request);
      // Somebody else knows this password, so its owner replaces it.
      const must_change_password = true;
      return createStaff(ctx, { ...request.body, hospital_id, actor, must_change_password });
    },
  );
  app.post(
    '/api/staff/members/:staff_id/disable',
    {
      config: { permission: 'staff.manage' },
      schema: {
        tags,
        summary: 'Disable a staff account and end its sessions',
        params: schema.MemberParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { staff_id: by_staff_id, hospital_id } = staffOf(request);
      await disableStaff(ctx, { staff_id: request.params.staff_id, hospital_id, by_staff_id });
      return { done: true };
    },
  );
}

function windowRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/staff/patients',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Find or register a person by the document they show at the window',
        body: schema.WindowPatientRequest,
        response: { 200: schema.WindowPatientReply },
      },
    },
    async (request) => {
      const { patient_id, created } = await registerPatient(ctx, {
        ...request.body,
        how: 'counter',
        actor: actorOf(request),
        hospital_id: staffOf(request).hospital_id,
      });
      const patient = (await maskedPatients(ctx, [patient_id])).get(patient_id);
      if (!patient) throw new Problem(patientUnknown);
      return { ...patient, created };
    },
  );
  app.post(
    '/api/staff/patients/:patient_id/name',
    {
      config: { permission: 'patient.correct' },
      schema: {
        tags,
        summary: 'Correct a name after seeing the document',
        params: schema.PatientParams,
        body: schema.NameRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await correctPatientName(ctx, {
        patient_id: request.params.patient_id,
        ...request.body,
        actor: actorOf(request),
        hospital_id: staffOf(request).hospital_id,
      });
      return { done: true };
    },
  );
}

function readRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/patients/:patient_id',
    {
      config: { permission: 'patient.read' },
      schema: {
        tags,
        summary: 'A person in clear; every read is recorded',
        params: schema.PatientParams,
        querystring: schema.PurposeQuery,
        response: { 200: schema.PatientInClearReply },
      },
    },
    (request) =>
      readPatient(ctx, request.params.patient_id, {
        actor: actorOf(request),
        purpose: request.query.purpose ?? 'window',
        hospital_id: staffOf(request).hospital_id,
      }),
  );
}
