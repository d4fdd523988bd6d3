import { Type } from 'typebox';
import { purposes } from './rules.ts';
import { correctable } from './requests.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Maybe = <T extends ReturnType<typeof Type.String>>(one: T) => Type.Union([one, Type.Null()]);
const PurposeName = Type.Enum([...purposes]);
const Text = Type.String({ minLength: 1, maxLength: 1000 });
const Code = Type.String({ pattern: '^[0-9]{6}$' });

export const Done = Type.Object({ done: Type.Boolean() });
export const ConsentTexts = Type.Object({
  texts: Type.Array(
    Type.Object({
      purpose: PurposeName,
      version: Type.Integer(),
      title: Type.String(),
      text: Type.String(),
      title_en: Type.String(),
      text_en: Type.String(),
      effective_from: Instant,
    }),
  ),
});
export const GivenConsents = Type.Array(
  Type.Object({ purpose: PurposeName, version: Type.Integer({ minimum: 1 }) }),
  { maxItems: purposes.length },
);
export const ConsentBody = Type.Object({ patient_id: Id, consents: GivenConsents });
export const ConsentParams = Type.Object({ consent_id: Id });
export const Consents = Type.Object({
  consents: Type.Array(
    Type.Object({
      consent_id: Id,
      patient_id: Id,
      purpose: PurposeName,
      text_version: Type.Integer(),
      given_at: Instant,
      withdrawn_at: Maybe(Instant),
    }),
  ),
});
export const PatientParams = Type.Object({ patient_id: Id });
export const CodeAsk = Type.Object({ channel: Type.Optional(Type.Enum(['sms', 'voice'])) });
export const CodeReply = Type.Object({ expires_at: Instant });
export const CodeBody = Type.Object({ code: Code });
export const Erased = Type.Object({ kept_until: Maybe(Instant) });
export const CorrectionBody = Type.Object({ field: Type.Enum([...correctable]), text: Text });
export const Asked = Type.Object({ request_id: Id });
const request = {
  request_id: Id,
  kind: Type.String(),
  patient_id: Maybe(Id),
  matter: Type.String(),
  text: Maybe(Type.String()),
  state: Type.String(),
  asked_at: Instant,
  due_at: Instant,
  answered_at: Maybe(Instant),
  answer: Maybe(Type.String()),
};
export const Requests = Type.Object({ requests: Type.Array(Type.Object(request)) });
export const StaffRequests = Type.Object({
  requests: Type.Array(
    Type.Object({
      ...request,
      /** Whom it is about, masked; null when the account's own. */
      patient: Type.Union([
        Type.Object({ name_masked: Type.String(), document_masked: Type.String() }),
        Type.Null(),
      ]),
    }),
  ),
});
export const RequestParams = Type.Object({ request_id: Id });
export const AnswerBody = Type.Object({ state: Type.Enum(['done', 'refused']), text: Text });
export const Decisions = Type.Object({
  decisions: Type.Array(
    Type.Object({
      decision_id: Id,
      kind: Type.String(),
      patient_id: Maybe(Id),
      at: Instant,
      until: Maybe(Instant),
      title: Type.String(),
      reason: Type.String(),
      title_en: Type.String(),
      reason_en: Type.String(),
      appealed_at: Maybe(Instant),
    }),
  ),
});
export const DecisionParams = Type.Object({ decision_id: Id });
export const ObjectionBody = Type.Object({ text: Text });
