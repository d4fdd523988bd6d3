/**
 * The catalogue: every event name and the shape of its payload. Payloads hold ids and codes, never
 * personal data. News goes up as events, so a module hears of another without importing it.
 */
type NumberChange = { session_id: string; slot_id: string; state: string };
type VisitChange = {
  appointment_id: string;
  session_id: string;
  slot_id: string;
  status: string;
  channel: string;
  pool?: string;
  detail?: Record<string, unknown>;
};
type LinkChange = {
  patient_id: string;
  account_id: string;
  relation: string;
  state: string;
  confirmed_by: string;
};
type ReferralFacts = {
  referral_id: string;
  institution_id: string;
  session_id: string;
  reason: string;
  urgency: string;
};
/** What every event of an order says: ids and whole fen. */
type OrderFacts = {
  order_id: string;
  kind: 'visit' | 'bill';
  patient_id: string;
  appointment_id?: string;
  bill_id?: string;
  amount_fen: number;
};
type RefundFacts = OrderFacts & { refund_id: string; refund_fen: number; reason: string };

type AtVisit = { appointment_id: string; session_id: string };

export type Events = {
  'identity.account.opened': { account_id: string };
  'identity.patient.registered': { patient_id: string; document_type: string; check: string };
  'identity.patient.checked': { patient_id: string; check: string };
  'identity.patient.corrected': { patient_id: string; field: string };
  'identity.patient.linked': LinkChange;
  'identity.patient.confirmed': LinkChange;
  'identity.patient.unlinked': { patient_id: string; account_id: string };
  /** The person's data was deleted and their key destroyed; `kept_until`: running rules hold on till then. */
  'identity.patient.erased': { patient_id: string; kept_until: string | null };
  'identity.account.closed': { account_id: string };
  'identity.consent.given': {
    consent_id: string;
    patient_id: string;
    purpose: string;
    text_version: number;
  };
  'identity.consent.withdrawn': { consent_id: string; patient_id: string; purpose: string };
  /** Somebody asked about their data: a copy, a correction, deletion, an objection. */
  'identity.data.asked': { request_id: string; kind: string; state: string };
  'identity.data.answered': { request_id: string; kind: string; state: string };
  'identity.patient.read': { patient_id: string; purpose: string };
  /** Two records turned out to be one person: what belonged to `from` belongs to `into`. */
  'identity.patient.merged': { from: string; into: string };
  'identity.archive.recorded': { archive_id: string; patient_id: string };
  /** An account wrote down an archive number; the hospital looks before it counts. */
  'identity.archive.asked': { archive_id: string; patient_id: string };
  'identity.archive.ended': { archive_id: string; patient_id: string };
  'identity.archive.chosen': { archive_id: string; patient_id: string };
  'identity.case.opened': { case_id: string; kind: string; patient_id: string };
  'identity.case.decided': { case_id: string; kind: string; state: string };
  'identity.act.disputed': { case_id: string; patient_id: string; appointment_id: string };
  'identity.delegate.asked': { delegate_id: string; account_id: string };
  'identity.delegate.decided': { delegate_id: string; account_id: string; state: string };
  'identity.delegate.acted': { delegate_id: string; patient_id: string; kind: string };
  'identity.staff.created': { staff_id: string; roles: string[] };
  'identity.staff.signed-in': { staff_id: string };
  'identity.staff.locked': { staff_id: string };
  'identity.staff.disabled': { staff_id: string };
  'identity.staff.password-changed': { staff_id: string };
  'identity.staff.second-factor-enrolled': { staff_id: string };
  'identity.staff.second-factor-reset': { staff_id: string; reason: string };
  'identity.staff.recovery-used': { staff_id: string };
  'identity.staff.unlocked': { staff_id: string };
  'identity.staff.oidc-linked': { staff_id: string };
  'identity.session.ended': { session_id: string; of: string };
  'identity.security.rule-changed': { hospital_id: string; second_factor_roles: string[] };
  'platform.field-key.activated': { key_id: string };
  'platform.field-key.retired': { key_id: string };
  'schedule.hospital.created': { hospital_id: string };
  'schedule.template.created': { template_id: string; healthcare_service_id: string };
  'schedule.import.committed': {
    import_id: string;
    kind: string;
    rows: number;
    file_sha256: string;
  };
  'schedule.session.created': { session_id: string };
  'schedule.session.changed': { session_id: string };
  'schedule.session.stopped': { session_id: string; reason: string };
  'schedule.session.resumed': { session_id: string };
  'schedule.session.substituted': {
    session_id: string;
    from_practitioner_id: string;
    practitioner_id: string;
  };
  'schedule.campus.placed': { campus_id: string };
  'schedule.red-flags.approved': { specialty_code: string; lines: string[] };
  'schedule.department.privacy-set': { department_id: string; sensitive: boolean };
  'booking.stock.opened': { session_id: string; numbers: number };
  'booking.number.claimed': { session_id: string; slot_id: string; draw_id: string };
  'booking.number.released': { session_id: string; pool: string; numbers: number };
  'booking.number.returned': NumberChange & { why: string };
  'booking.number.voided': NumberChange & { reason: string };
  'booking.number.entrusted': { session_id: string; numbers: number };
  'booking.number.added': { session_id: string; slot_id: string; pool: string; numbers: number };
  'booking.added.asked': { order_id: string; session_id: string; reason: string };
  'booking.added.given': {
    order_id: string;
    session_id: string;
    appointment_id: string;
    reason: string;
    within_quota: boolean;
  };
  'booking.added.decided': { order_id: string; session_id: string; outcome: string };
  'booking.added.quota-set': { department_id: string; share: number };
  'booking.direct.looked-up': { by: string; patient_ids: string[] };
  'booking.green.given': {
    upgrade_id: string;
    from_appointment_id: string;
    appointment_id: string;
    session_id: string;
    reason: string;
  };
  'booking.institution.changed': { institution_id: string; closed: boolean };
  'booking.institution.referrer-set': { staff_id: string; institution_id: string };
  'booking.referral.quota-set': {
    institution_id: string;
    department_id: string;
    healthcare_service_id: string | null;
    per: 'week' | 'month';
    /** Null: the clinic goes by its department's quota again. */
    numbers: number | null;
  };
  'booking.referral.asked': ReferralFacts;
  'booking.referral.given': ReferralFacts & { appointment_id: string; within_quota: boolean };
  'booking.referral.decided': {
    referral_id: string;
    session_id: string;
    outcome: 'given' | 'refused' | 'expired' | 'withdrawn';
  };
  /** Somebody of the staff opened a referral with what its sender wrote. */
  'booking.referral.read': { referral_id: string };
  'booking.team.changed': { healthcare_service_id: string; expert_id: string; members: string[] };
  'booking.team.escalated': {
    escalation_id: string;
    healthcare_service_id: string;
    from_appointment_id: string;
    appointment_id: string;
    session_id: string;
    reason: string;
  };
  'booking.follow-up.planned': {
    plan_id: string;
    healthcare_service_id: string;
    every_months: number;
    anchor_date: string;
  };
  'booking.follow-up.booked': {
    plan_id: string | null;
    n: number;
    appointment_id: string;
    session_id: string;
  };
  'booking.follow-up.unbooked': { plan_id: string; n: number; due: string };
  'booking.follow-up.ended': { plan_id: string; reason: string };
  'booking.visit.held': VisitChange;
  'booking.visit.booked': VisitChange;
  'booking.visit.confirmed': VisitChange;
  'booking.visit.cancelled': VisitChange;
  'booking.visit.restored': VisitChange;
  'booking.visit.lapsed': VisitChange;
  'booking.visit.moved': VisitChange;
  'booking.visit.checked-in': VisitChange;
  'booking.visit.called': VisitChange;
  'booking.visit.missed': VisitChange;
  'booking.visit.seen': VisitChange;
  'booking.visit.attended': VisitChange;
  'booking.visit.no-show': VisitChange;
  'booking.visit.stopped': VisitChange;
  'booking.visit.migrated': VisitChange;
  'booking.visit.substituted': VisitChange;
  'booking.rebooking.offered': {
    rebooking_id: string;
    appointment_id: string;
    session_id: string;
    /** ISO instant by which to confirm. */
    confirm_until: string;
  };
  'booking.rebooking.ended': {
    rebooking_id: string;
    reason: 'taken' | 'declined' | 'lapsed' | 'stopped' | 'expired';
    session_id: string;
  };
  'booking.visits.read': { patient_id: string };
  'booking.visits.merged': { from: string; into: string; visits: number; given_back: number };
  'booking.check-in.mismatched': AtVisit & { shown_patient_id: string | null };
  'booking.check-in.verified': AtVisit;
  'booking.undo.closed': AtVisit & { said_by: string };
  'booking.queue.preferred': AtVisit & { kind: string | null };
  'booking.screen.linked': { screen_id: string; campus_id: string; department_id: string | null };
  'booking.screen.unlinked': { screen_id: string };
  'booking.hall.drawn': { session_id: string; order: string[] };
  'booking.no-shows.migrated': { patient_id: string; no_shows: number };
  'booking.number.conflicted': NumberChange & { appointment_id: string | null; reason: string };
  'booking.call.logged': { appointment_id: string; outcome: string };
  'booking.check-in.late': {
    appointment_id: string;
    session_id: string;
    to_end: boolean;
    after_deadline: boolean;
    reason: string | null;
  };
  'booking.return.opened': {
    return_id: string;
    from_appointment_id: string;
    department_id: string;
    session_id: string;
    last_day: string;
  };
  'booking.return.used': { return_id: string; appointment_id: string; session_id: string };
  'booking.return.given-back': {
    return_id: string;
    appointment_id: string;
    session_id: string;
    last_day: string;
  };
  'booking.prior-diagnosis.noted': { patient_id: string; specialty_code: string; source: string };
  'booking.rules.changed': { hospital_id: string; version: number; effective_from: string };
  'booking.restriction.migrated': { restriction_id: string; scope: string };
  /** A no-show, late cancel or unconfirmed win; the first in a year costs only a message. */
  'booking.conduct.noted': {
    conduct_id: string;
    appointment_id: string;
    kind: string;
    first: boolean;
    counts: boolean;
  };
  'booking.conduct.cleared': { conduct_id: string; appointment_id: string; reason: string };
  'booking.conduct.read': { by: string; patient_ids: string[] };
  'booking.restriction.made': {
    restriction_id: string;
    kind: string;
    scope: string;
    starts_at: string;
    until: string;
    appointment_ids: string[];
  };
  'booking.restriction.lifted': { restriction_id: string; reason: string };
  'booking.restriction.appealed': { appeal_id: string; restriction_id: string; due_at: string };
  'booking.restriction.appeal-decided': {
    appeal_id: string;
    restriction_id: string;
    upheld: boolean;
  };
  'release.plan.changed': {
    plan_id: string;
    healthcare_service_id: string;
    version: number;
    method: string;
  };
  'release.plan.proposed': { proposal_id: string; healthcare_service_id: string; method: string };
  'release.plan.decided': { proposal_id: string; state: string };
  'release.recommendation.made': {
    recommendation_id: string;
    healthcare_service_id: string;
    fast_sessions: number;
  };
  'release.recommendation.answered': { recommendation_id: string; state: string };
  'release.review.changed': { review_id: string; state: string };
  'release.session.planned': { session_id: string; plan_id: string; method: string };
  'release.draw.announced': { draw_id: string; leaf: string };
  'release.draw.sealed': { draw_id: string; leaf: string };
  'release.draw.drawn': { draw_id: string; round: number | null };
  'release.draw.closed': { draw_id: string; leaf: string };
  'release.draw.burnt': { draw_id: string; reason: string };
  'release.return.sealed': { draw_id: string; n: number; leaf: string };
  'release.return.drawn': { draw_id: string; n: number; round: number | null };
  'release.return.missed': { draw_id: string; n: number; reason: string };
  'release.entry.placed': {
    draw_id: string;
    entry_id: string;
    appointment_id: string;
    session_id: string;
    /** ISO instant by which to confirm. */
    confirm_until: string;
    /** 0 for the main draw, else the number of the return. */
    n: number;
  };
  'release.entry.unplaced': { draw_id: string; entry_id: string; service_date: string };
  'release.entry.excluded': { draw_id: string; entry_id: string; n: number; places: number[] };
  'release.entry.doubled': { draw_id: string; entry_id: string; kept_entry_id: string };
  'release.entry.displaced': { draw_id: string; entry_id: string; session_id: string };
  'release.offer.made': {
    displaced_id: string;
    appointment_id: string;
    session_id: string;
    confirm_until: string;
  };
  'release.offer.declined': { displaced_id: string; appointment_id: string | null };
  'release.wish.made': { wish_id: string; draw_group: string };
  'release.wish.ended': { wish_id: string; reason: string };
  'release.wish.renewed': { wish_id: string };
  'release.entry.received': { draw_id: string; entry_id: string; receipt_leaf: string };
  'release.entry.withdrawn': { draw_id: string; entry_id: string };
  'release.dice.typed': { draw_id: string; n: number; throws_hash: string; agreed: boolean };
  'gate.room.announced': { room_id: string; opens_at: string; release_key_sha256: string };
  'gate.room.opened': { room_id: string; release_key: string; early_count: number };
  'gate.room.closed': { room_id: string; early_count: number; late_issued: number };
  'gate.lane.slowed': { case_id: string; room_id: string; extra_s: number };
  'gate.lane.appealed': { case_id: string; room_id: string };
  'gate.lane.answered': { case_id: string; room_id: string; upheld: boolean };
  'notify.notices.read': { patient_id: string };
  'notify.call.logged': { notice_id: string; outcome: string };
  'release.beacon.received': { chain: string; round: number; source: string };
  'paper.edition.written': {
    edition_id: string;
    kind: string;
    service_date: string;
    sessions: number;
    numbers: number;
    booked: number;
    on_site_free: number;
    failed: number;
    files: { file_id: string; format: string; sha256: string }[];
  };
  'paper.outcomes.typed-in': {
    record_id: string;
    service_date: string;
    file_sha256: string;
    lines: number;
    walk_ins: number;
    no_shows: number;
  };
  'payment.order.opened': OrderFacts & { pay_until: string | null };
  'payment.order.paid': OrderFacts;
  'payment.order.resettled': OrderFacts & { category: string; amount_before_fen: number };
  'payment.order.closed': OrderFacts;
  'payment.refund.asked': RefundFacts;
  'payment.refund.done': RefundFacts & { channel: string };
  'payment.refund.failed': RefundFacts & { channel: string };
  'payment.bill.received': { bill_id: string; patient_id: string; amount_fen: number };
  'payment.bill.paid': { bill_id: string; order_id: string; his_id: string; amount_fen: number };
  'payment.bill.withdrawn': { bill_id: string };
  'payment.price-rule.changed': { price_rule_id: string; kept_percent: number };
  'payment.fee-item.changed': { healthcare_service_id: string; code: string };
  'payment.reconciliation.ran': {
    reconciliation_id: string;
    service_date: string;
    side: string;
    items: number;
  };
  'payment.item.settled': { item_id: string; how: string };
  /** Paid, but the number was lost: the money goes back by the way it came. */
  'booking.visit.payment-refused': {
    appointment_id: string;
    order_id: string;
    patient_id: string;
    reason: string;
  };
  /** Somebody reported a tout; who did is written nowhere. */
  'governance.clue.received': { clue_id: string; category: string; place_kind: string };
  'governance.clue.photo-added': { clue_id: string; photos: number };
  'governance.clue.contact-forgotten': { clue_id: string };
  /** A member of staff read the words, or looked at a photo. */
  'governance.clue.read': { clue_id: string; part: string };
  'governance.clue.moved': {
    clue_id: string;
    state: string;
    handed_to: string | null;
    outcome: string | null;
  };
  /** 交班: a clerk counted the drawer. */
  'payment.shift.ended': { shift_id: string; difference_fen: number };
  'booking.phone-call.taken': { call_id: string; appointment_id: string };
  /** One number calls for many persons: a sign for people to judge, by a name that is not the number. */
  'booking.caller.noticed': { call_id: string; caller: string; people: number };
  /** 自助机: made by an administrator, switched on with a code, made anew, switched off. */
  'kiosk.terminal.created': { terminal_id: string };
  'kiosk.terminal.paired': { terminal_id: string };
  'kiosk.terminal.reset': { terminal_id: string };
  'kiosk.terminal.revoked': { terminal_id: string };
  /** A kiosk looked up more people than it should in ten minutes, or failed to find too many. */
  'kiosk.terminal.alerted': { terminal_id: string; turns: number; refused: number };
  'kiosk.turn.began': { turn_id: string; terminal_id: string; patient_id: string; how: string };
  'evidence.log.renewed': { old_origin: string; old_size: number; old_root: string };
};

export type EventName = keyof Events;
