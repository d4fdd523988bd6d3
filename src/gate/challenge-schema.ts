import { Type, type Static } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });

export const HoldQuery = Type.Object({ session_id: Id, patient_id: Id });

/** ALTCHA's challenge; its signature covers every field, so all of them are listed. */
const Challenge = Type.Object({
  parameters: Type.Object({
    algorithm: Type.String(),
    nonce: Type.String(),
    salt: Type.String(),
    cost: Type.Integer(),
    keyLength: Type.Integer(),
    keyPrefix: Type.String(),
    keySignature: Type.String(),
    data: Type.Object({
      account_id: Id,
      session_id: Id,
      patient_id: Id,
      until: Type.Integer(),
    }),
  }),
  signature: Type.String(),
});
export type ShownChallenge = Static<typeof Challenge>;
export const ChallengeReply = Type.Object({ challenge: Challenge });

export const CodeBody = Type.Object({ channel: Type.Optional(Type.Enum(['sms', 'voice'])) });
export const CodeSent = Type.Object({ expires_at: Instant });
const Code = Type.String({ pattern: '^[0-9]{6}$' });
export const ProofBody = Type.Object({ session_id: Id, patient_id: Id, code: Code });
export const ProofReply = Type.Object({ proof: Type.String() });

export const StepBody = Type.Object({
  session_id: Id,
  slot_id: Type.Optional(Type.Union([Id, Type.Null()])),
  patient_id: Id,
});
export const StepReply = Type.Object({
  step: Type.String(),
  expires_at: Instant,
  /** Work to do while the person is still reading; null when none is asked now. */
  challenge: Type.Union([Challenge, Type.Null()]),
});

export const RequestKeyBody = Type.Object({
  code: Code,
  device_key_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' })),
});
export const RequestKeyReply = Type.Object({
  device_key_id: Type.String(),
  key: Type.String(),
  now: Instant,
});
