import { Type } from 'typebox';

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
export const Preferences = Type.Object({ sms: Type.Boolean() });
/** `read` tells whether any account read it; `sms` what became of each short message. */
export const PatientNotices = Type.Object({
  notices: Type.Array(
    Type.Object({
      ...noticeFields,
      sms: Type.Array(Type.Object({ state: Type.String(), at: Instant })),
    }),
  ),
});
