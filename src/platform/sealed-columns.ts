/**
 * Every column that holds sealed values, with the context they open under: what a change of keys has
 * to visit. A test compares it with the database, where every such column is a `bytea` named
 * `sealed_…`. Values sealed under a person's own key (their header says so) are left alone by it: the
 * person's key, itself sealed under a field key, is sealed anew instead (`person-keys.ts`).
 */
export type SealedColumn = { table: string; column: string; context: string };

const column = (table: string, name: string, context: string): SealedColumn => ({
  table,
  column: name,
  context,
});

export const sealedColumns: readonly SealedColumn[] = [
  column('identity.account', 'sealed_phone', 'identity.account.phone'),
  column('identity.patient', 'sealed_name', 'identity.patient.name'),
  column('identity.patient', 'sealed_document_number', 'identity.patient.document_number'),
  column('identity.patient', 'sealed_phone', 'identity.patient.phone'),
  column('identity.patient', 'sealed_first_document', 'identity.patient.first_document'),
  column('identity.former_name', 'sealed_name', 'identity.former_name.name'),
  column(
    'identity.former_document',
    'sealed_document_number',
    'identity.former_document.document_number',
  ),
  column('identity.his_archive', 'sealed_number', 'identity.his_archive.number'),
  column('identity.person_case', 'sealed_note', 'identity.person_case.note'),
  column('identity.delegate', 'sealed_name', 'identity.delegate.name'),
  column('identity.delegate', 'sealed_number', 'identity.delegate.document_number'),
  column('identity.outbox_message', 'sealed_to', 'identity.outbox_message.to'),
  column('identity.outbox_message', 'sealed_text', 'identity.outbox_message.text'),
  column('identity.data_request', 'sealed_text', 'identity.data_request.text'),
  column('identity.data_request', 'sealed_answer', 'identity.data_request.answer'),
  column('identity.staff_second_factor', 'sealed_secret', 'identity.staff.totp_secret'),
  column('identity.staff_second_factor', 'sealed_pending', 'identity.staff.totp_secret'),
  column('booking.phone_call', 'sealed_note', 'booking.phone_call.note'),
  column('booking.restriction_appeal', 'sealed_text', 'booking.appeal.text'),
  column('booking.restriction_appeal', 'sealed_answer', 'booking.appeal.answer'),
  column('booking.referral', 'sealed_note', 'booking.referral.note'),
  column('release.wish', 'sealed_secret', 'release.wish.secret'),
  column('release.entry', 'sealed_nonce', 'release.entry.nonce'),
  column('release.pre_review', 'sealed_record', 'release.review.record'),
  column('release.pre_review', 'sealed_appeal', 'release.review.appeal'),
  column('notify.notice', 'sealed_title', 'notify.notice.sealed_title'),
  column('notify.notice', 'sealed_text', 'notify.notice.sealed_text'),
  column('notify.message', 'sealed_to', 'notify.message.to'),
  column('notify.message', 'sealed_body', 'notify.message.body'),
  column('notify.contact', 'sealed_to', 'notify.contact.to'),
  column('gate.room', 'sealed_release_key', 'gate.release-key'),
  column('gate.slow_case', 'sealed_appeal', 'gate.appeal'),
  column('gate.slow_case', 'sealed_answer', 'gate.answer'),
  column('governance.clue', 'sealed_words', 'governance.clue.words'),
  column('governance.clue', 'sealed_contact', 'governance.clue.contact'),
  column('governance.clue', 'sealed_reply', 'governance.clue.reply'),
  column('governance.clue_photo', 'sealed_key', 'governance.clue-photo.key'),
];
