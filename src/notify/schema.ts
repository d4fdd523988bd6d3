import { Type } from 'typebox';
import { wechatTemplates } from './channels/types.ts';
import { callOutcomes } from './store-calls.ts';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });

export const NoticesQuery = Type.Object({ before: Type.Optional(Id) });
export const NoticeParams = Type.Object({ notice_id: Id });
export const PatientParams = Type.Object({ patient_id: Id });

const noticeFields = {
  notice_id: Id,
  at: Instant,
  title: Type.String(),
  text: Type.String(),
  kind: Type.String(),
  patient_name_masked: Type.String(),
  /** A path of the patients' pages. */
  link: Type.Union([Type.String(), Type.Null()]),
  read: Type.Boolean(),
};

export const Unread = Type.Object({ unread: Type.Integer() });
export const Notices = Type.Object({
  notices: Type.Array(Type.Object(noticeFields)),
  unread: Type.Integer(),
});
const Template = Type.Enum([...wechatTemplates]);

/** A channel that this installation does not have is null. */
export const Preferences = Type.Object({
  sms: Type.Boolean(),
  wechat: Type.Union([
    Type.Object({
      wanted: Type.Boolean(),
      bound: Type.Boolean(),
      app_id: Type.String(),
      templates: Type.Array(
        Type.Object({ template: Template, id: Type.String(), left: Type.Integer() }),
      ),
    }),
    Type.Null(),
  ]),
  email: Type.Union([
    Type.Object({
      wanted: Type.Boolean(),
      address_masked: Type.Union([Type.String(), Type.Null()]),
      confirmed: Type.Boolean(),
    }),
    Type.Null(),
  ]),
});
export const Choice = Type.Object({
  sms: Type.Optional(Type.Boolean()),
  wechat: Type.Optional(Type.Boolean()),
  email: Type.Optional(Type.Boolean()),
});
export const Address = Type.Object({ address: Type.String({ minLength: 3, maxLength: 254 }) });
export const Code = Type.Object({ code: Type.String({ pattern: '^\\d{6}$' }) });
/** `code` from WeChat's own page, once; `allowed` what the person tapped for. */
export const Tap = Type.Object({
  code: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  allowed: Type.Array(Template, { maxItems: wechatTemplates.length }),
});
export const ContactParams = Type.Object({
  channel: Type.Union([Type.Literal('wechat'), Type.Literal('email')]),
});

export const CallOutcome = Type.Enum([...callOutcomes]);
export const CallBody = Type.Object({ outcome: CallOutcome });
export const CallList = Type.Object({
  calls: Type.Array(
    Type.Object({
      notice_id: Id,
      kind: Type.String(),
      title: Type.String(),
      name_masked: Type.String(),
      age: Type.Union([Type.Integer(), Type.Null()]),
      at: Instant,
      until: Type.Union([Instant, Type.Null()]),
      calls: Type.Integer(),
      last_outcome: Type.Union([CallOutcome, Type.Null()]),
    }),
  ),
});
export const Opened = Type.Object({
  phone: Type.Union([Type.String(), Type.Null()]),
  text: Type.String(),
});
/** `read` tells whether any account read it; `sms` what became of each short message. */
export const PatientNotices = Type.Object({
  notices: Type.Array(
    Type.Object({
      ...noticeFields,
      sms: Type.Array(Type.Object({ channel: Type.String(), state: Type.String(), at: Instant })),
    }),
  ),
});
