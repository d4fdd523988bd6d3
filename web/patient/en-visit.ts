/** English of `zh-visit.ts`. */
export const visitEn = {
  'life.to-pay': 'To be paid',
  'life.held': 'To be confirmed',
  'life.booked': 'Booked',
  'life.checked_in': 'Checked in, waiting',
  'life.called': 'Please go in',
  'life.fulfilled': 'Seen',
  'life.noshow': 'Not attended',
  'life.cancelled': 'Cancelled',
  'life.lapsed': 'Expired',
  'life.stopped': 'Clinic called off',
  'life.refunding': 'Refund under way',
  'life.refunded': 'Refunded',
  'guide.bound': 'For this patient only · not transferable',
  'guide.arrive': 'Best arrival',
  'guide.arrive-text': 'Check in between {from} and {until}',
  'guide.internet': 'How it is held',
  'guide.internet-text':
    'This is an internet clinic; nobody has to come. At its time, the doctor is seen online the way the hospital told you.',
  'guide.hospital': 'Address',
  'guide.place': 'Where',
  'guide.pick-up': 'Check-in',
  'guide.pick-up-text':
    'No ticket to collect. Check in on your phone at the hospital, or at the desk with an identity document.',
  'guide.check-in-until': 'By phone until {time}; later, please go to the desk.',
  'guide.cancel-until': 'Yourself until {time}, with no effect on later bookings',
  'guide.today': 'Your visit is today. Check in first when you arrive',
  'guide.fulfilled-text':
    'This visit is done. If the doctor booked the next one, it is under “My numbers”.',
  'guide.again': 'Other numbers of this department',
  'share.calendar': 'Add to calendar',
  'share.family': 'Send to family',
  'share.text':
    'Visit of {name}: {day} {period} {time}, number {n}. Check in from {from} at {where}; bring the patient’s identity document. The number is for this person only. Hospital phone {phone}',
  'share.text-sensitive':
    'Appointment of {name}: {day} {period} {time}, number {n}. Be there from {from} with an identity document. The place is shown after signing in.',
  'share.copy-label': 'Send this text to your family',
  'share.copy': 'Copy',
  'share.copied': 'Copied. You can paste it into a message.',
  'share.copy-by-hand':
    'This browser does not copy by itself; please press and hold the text above.',
  'cancel.undo': 'You can undo it within {n} minutes.',
  'cancel.held': 'This number is not confirmed yet; cancelling counts nowhere.',
  'cancel.in-time':
    'It is before the deadline of {time}: it does not count and changes nothing later.',
  'cancel.late':
    'The deadline of {time} has passed: it counts as one late cancellation; the first in {n} days is only a reminder.',
  'cancel.late-free':
    'The deadline of {time} has passed: it is noted as late; this hospital restricts nobody for it.',
  'cancel.rung':
    '{count} in {within_days} days pause online registration for drawn clinics for {restrict_days} days. ',
  'cancel.window': 'Online until {time} only. Please cancel at the window, or call the hospital:',
  'cancel.over':
    'The visit’s time has begun; it cannot be cancelled online. Please tell the desk, or call the hospital:',
  'cancel.unpaid': 'Nothing was paid, so nothing is refunded.',
  'cancel.all-back':
    'All of the {fee} paid goes back the way it came; there is nothing to ask for.',
  'cancel.part-back': '{fee} goes back the way it came; by the local price rules {kept} does not.',
  'visits.resume': 'A number waits for you to confirm',
  'visits.resume-text': 'Time left',
  'visits.resume-go': 'Pay or confirm',
  'waiting.title': 'My place in line',
  'waiting.lead':
    'Check in first at the hospital. When you are called, it shows here and on the wall.',
  'waiting.none': 'No visits today.',
  'waiting.check-in-go': 'Check in',
  'waiting.offline': 'No connection; trying again. This is how it stood at {time}.',
  'waiting.live': 'Updated {time}',
  'waiting.code': 'The 6-digit code on the hospital’s screen',
  'waiting.code-hint':
    'The code is on the screens of the waiting area and changes every minute; you can also scan the QR code there.',
  'waiting.check-in': 'Check in',
  'waiting.check-in-until':
    'Please check in by {by}; later is possible too, by phone until {time}.',
  'waiting.desk':
    'No phone, or it does not work? Check in at the desk ({place}) with an identity document; the queue is the same.',
  'waiting.window': 'Please be back in the waiting area before you are called.',
  'waiting.next': 'You are next',
  'waiting.ahead': '{n} before you',
  'waiting.minutes': 'By the pace of the last {n} calls about {m} minutes; only an estimate.',
  'waiting.not-begun': 'This room has not begun to call today.',
  'waiting.unmeasured': 'Too few have been called to say how long it takes.',
  'waiting.called': 'Please go to {room}',
  'waiting.called-text': 'Called at {time}. If you cannot make it, please tell the desk.',
  'waiting.missed': 'You were called and were not there',
  'waiting.missed-text':
    'No new ticket is needed: you are back in line, about two places behind. Please come to the waiting area, or tell the desk.',
  'waiting.identity':
    'Have the patient’s own identity document ready; it is seen before the visit.',
  'waiting.order':
    'Earlier times are called first; referrals and green-channel patients are marked on the screen.',
  'waiting.priority':
    ' Of {n} people called, one at most goes first as: {who}; so one more may come before you. If that is you, show your document at the desk; if it is urgent, say so at once.',
  'waiting.who-elder': 'aged {n} or over',
  'waiting.who-military': 'military or veteran',
  'waiting.who-disabled': 'disabled',
  'waiting.who-and': ', ',
  'waiting.first-elder': 'You have priority by age: one of {n} people called.',
  'waiting.first-military': 'You have priority as military: one of {n} people called.',
  'waiting.first-disabled': 'You have priority as a disabled person: one of {n} people called.',
  'waiting.detail': 'All about this number',
  'waiting.rules': 'The rules of calling',
  'inapp.title': 'WeChat cannot save files',
  'inapp.text': 'The browser of your phone can; your number and data are the same there.',
  'inapp.how':
    'Press “···” at the top right, choose “Open in browser”, sign in and press the button again. Without it nothing is lost: the number stands under “My numbers”, and you are reminded before the visit.',
  'inapp.address': 'Or copy this address and open it in the browser',
  'inapp.copy': 'Copy this text and keep it for yourself. Send it to nobody else.',
  'inapp.file': 'What is to be kept',
  'bills.none-text':
    'When the doctor has ordered tests or medicine, what is to be paid shows here; the window takes it too.',
  'bills.total': '{n} to pay, {fee} together',
  'bills.done': 'Paid and withdrawn',
} as const;
