import { Type } from 'typebox';
import { roles } from '../permissions.ts';
import { reset_reasons } from './rules.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Password = Type.String({ minLength: 1, maxLength: 200 });
const Ticket = Type.String({ minLength: 10, maxLength: 2000 });
const Code = Type.String({ minLength: 6, maxLength: 20 });

const signedInFields = {
  staff_id: Id,
  display_name: Type.String(),
  hospital_id: Nullable(Id),
  roles: Type.Array(Type.String()),
};
/** `done` with the person, or the step that is lacking with the ticket for it. */
export const SignInStepReply = Type.Object({
  step: Type.Enum(['done', 'code', 'password', 'enrol']),
  expires_at: Instant,
  ticket: Type.Optional(Type.String()),
  staff_id: Type.Optional(signedInFields.staff_id),
  display_name: Type.Optional(signedInFields.display_name),
  hospital_id: Type.Optional(signedInFields.hospital_id),
  roles: Type.Optional(signedInFields.roles),
  /** Once, right after an enrolment. */
  recovery_codes: Type.Optional(Type.Array(Type.String())),
});
export const TicketBody = Type.Object({ ticket: Ticket });
export const TicketCodeBody = Type.Object({ ticket: Ticket, code: Code });
export const TicketPasswordBody = Type.Object({ ticket: Ticket, new_password: Password });
export const EnrolmentReply = Type.Object({ secret: Type.String(), uri: Type.String() });
export const OidcQuery = Type.Object({}, { additionalProperties: true });
export const OidcStateReply = Type.Object({ enabled: Type.Boolean() });

export const SecondFactorReply = Type.Object({
  enrolled: Type.Boolean(),
  required: Type.Boolean(),
  recovery_left: Type.Integer(),
});
export const PasswordBody = Type.Object({ password: Password });
export const CodeBody = Type.Object({ code: Code });
export const RecoveryCodesReply = Type.Object({ recovery_codes: Type.Array(Type.String()) });

const deviceFields = {
  session_id: Id,
  system: Type.String(),
  browser: Type.String(),
  method: Type.String(),
  created_at: Instant,
  seen_at: Instant,
  expires_at: Instant,
};
export const SessionsReply = Type.Object({
  sessions: Type.Array(Type.Object({ ...deviceFields, current: Type.Boolean() })),
});
export const SessionParams = Type.Object({ session_id: Id });
export const EndedReply = Type.Object({ ended: Type.Integer() });

export const StaffSessionsReply = Type.Object({
  sessions: Type.Array(Type.Object({ ...deviceFields, staff_id: Id, display_name: Type.String() })),
});
export const WatchedReply = Type.Object({
  members: Type.Array(
    Type.Object({
      staff_id: Id,
      username: Type.String(),
      display_name: Type.String(),
      roles: Type.Array(Type.String()),
      disabled: Type.Boolean(),
      failures: Type.Integer(),
      locked_until: Nullable(Instant),
      enrolled: Type.Boolean(),
      needs_second_factor: Type.Boolean(),
      must_change_password: Type.Boolean(),
      sessions: Type.Integer(),
      last_sign_in: Nullable(Instant),
    }),
  ),
});
export const MemberParams = Type.Object({ staff_id: Id });
export const ReasonBody = Type.Object({
  reason: Type.Enum([...reset_reasons]),
});
export const RuleBody = Type.Object({
  second_factor_roles: Type.Array(Type.Enum([...roles]), { maxItems: roles.length }),
});
export const RuleReply = Type.Object({
  always: Type.Array(Type.String()),
  second_factor_roles: Type.Array(Type.String()),
});
export const EventsQuery = Type.Object({ before: Type.Optional(Id) });
export const EventsReply = Type.Object({
  events: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      subject: Type.String(),
      actor: Type.String(),
      actor_name: Nullable(Type.String()),
      subject_name: Nullable(Type.String()),
      occurred_at: Instant,
    }),
  ),
  next: Nullable(Id),
});
export const Done = Type.Object({ done: Type.Boolean() });
