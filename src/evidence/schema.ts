import { Type } from 'typebox';

export const LogPath = Type.Object({ '*': Type.String({ maxLength: 200 }) });

/** Bytes or text that go out as they are. */
export const Raw = Type.Unsafe<Uint8Array | string>({ type: 'string' });

export const AuditQuery = Type.Object({
  subject: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
  before: Type.Optional(Type.String({ format: 'uuid' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export const AuditReply = Type.Object({
  events: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      subject: Type.String(),
      version: Type.Integer(),
      actor: Type.String(),
      occurred_at: Type.String(),
      /** Null while the event waits for the log. */
      leaf_index: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
  /** Give it as `before` for the next page; null at the end. */
  next: Type.Union([Type.String(), Type.Null()]),
});

export const RenewalShape = Type.Object({
  at: Type.String(),
  old_origin: Type.String(),
  old_vkey: Type.String(),
  old_size: Type.Integer({ minimum: 0 }),
  old_checkpoint: Type.String(),
  new_origin: Type.String(),
  new_vkey: Type.String(),
  new_checkpoint: Type.String(),
  /** The leaf that tells of the renewal, and the text whose hash it holds. */
  index: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  event: Type.Union([Type.String(), Type.Null()]),
});

export const RenewalsReply = Type.Object({ renewals: Type.Array(RenewalShape) });
