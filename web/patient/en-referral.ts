import type { referralZh } from './zh-referral.ts';

export const referralEn: Record<keyof typeof referralZh, string> = {
  'referral.title': 'Referrals',
  'referral.from': 'Referred by {name}',
  'referral.phone': 'Questions? Call {name}: {phone}',
  'referral.asked': 'waits for the hospital',
  'referral.given': 'has a number',
  'referral.refused': 'did not work out',
  'referral.expired': 'did not work out',
  'referral.withdrawn': 'taken back by the doctor',
  'referral.over': 'over',
  'referral.asked-text':
    'You are told as soon as the hospital confirms; there is nothing to book. If it is urgent do not wait: go to the emergency room.',
  'referral.not-text':
    'Please ask the doctor who referred you to choose another time or department; if it is urgent go to the emergency room.',
  'referral.local': 'The hospital suggests continuing with your local doctor.',
  'referral.other_department': 'The hospital suggests another department.',
  'referral.emergency': 'The hospital suggests the emergency room.',
  'referral.full': 'This session is full; another time may work.',
  'referral.visit-text':
    'A referral’s number is yours directly and takes part in no draw. If you cannot come, give it back: it is kept for another referred patient.',
  'team.who': 'Who is in this team',
  'team.expert': 'Expert: {name} {title}',
  'team.member': '{name} {title}',
  'team.members': 'Members',
  'team.how':
    'A member of the team sees you first; where needed they book the expert for you directly; nothing is drawn.',
  'team.total': '{month}: members sent {n} patients on to the expert.',
};
