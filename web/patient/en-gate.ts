import type { zhGate } from './zh-gate.ts';

/** The words of the queue in English; the type demands every key. */
export const enGate: Record<keyof typeof zhGate, string> = {
  'gate.title': 'Queue for numbers',
  'gate.before':
    'Numbers come out at {time}. Whoever takes a place before then is put in random order at that moment, so being early gives nothing; later ones come in order.',
  'gate.needed': 'Many people are choosing now. Take a place in the queue first.',
  'gate.choose-patient': 'Choose a patient first.',
  'gate.draw': 'Take a place',
  'gate.keep': 'You may close this page; your place is kept.',
  'gate.place': 'About {n} people before you',
  'gate.place-before': 'About place {n} of {total} for now; the queue moves from {time}',
  'gate.first': 'You are next',
  'gate.wait': 'About {time} to go',
  'gate.seconds': '{n} s',
  'gate.minutes': '{n} min',
  'gate.waiting': 'You are in the queue.',
  'gate.turn': 'It is your turn: choose a number before {time}.',
  'gate.over': 'There is no queue now; choose a number.',
  'gate.slow': 'About {n} s longer this time',
  'gate.slow-why': 'Why, and appeal',
  'gate.slow-text':
    'This request resembles those of programs or touts, so it waits in the slow lane. It is no penalty and does not decide whether you get a number; draws are not affected. If we are mistaken, please tell us.',
  'gate.appeal': 'Your reasons',
  'gate.appeal-send': 'Send the appeal',
  'gate.appeal-done': 'Your appeal was received and staff will look at it; your place stays.',
};
