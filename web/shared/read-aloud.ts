import { useEffect, useState } from 'react';

/** A browser forgets long texts half-way; it is given a breath at a time. */
const BREATH = 90;

/** What is read of a place: the words that are seen, line by line. A masked name is said as 某. */
export function wordsOf(place: HTMLElement): string[] {
  const lines = place.innerText
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').replace(/\*+/g, '某').trim());
  return lines.filter((line, at) => line !== '' && line !== lines[at - 1]);
}

/** Cut where a voice would breathe. */
export function breaths(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const parts = line.match(/[^。；！？.;!?]+[。；！？.;!?]?/g) ?? [line];
    return parts.flatMap((part) =>
      part.length <= BREATH ? [part] : (part.match(/.{1,90}/gs) ?? [part]),
    );
  });
}

export const canSpeak = (): boolean =>
  typeof speechSynthesis !== 'undefined' && typeof SpeechSynthesisUtterance !== 'undefined';

/** Reads lines aloud until it is done, stopped, or the page is left. */
export function useReadAloud(lang: string): {
  reading: boolean;
  start: (lines: readonly string[]) => void;
  stop: () => void;
} {
  const [reading, setReading] = useState(false);
  useEffect(() => () => void (canSpeak() && speechSynthesis.cancel()), []);
  const stop = (): void => {
    speechSynthesis.cancel();
    setReading(false);
  };
  const start = (lines: readonly string[]): void => {
    speechSynthesis.cancel();
    const parts = breaths(lines);
    setReading(parts.length > 0);
    parts.forEach((part, at) => {
      const utterance = new SpeechSynthesisUtterance(part);
      utterance.lang = lang;
      utterance.rate = 0.85;
      utterance.addEventListener('error', () => setReading(false));
      if (at === parts.length - 1) utterance.addEventListener('end', () => setReading(false));
      speechSynthesis.speak(utterance);
    });
  };
  return { reading, start, stop };
}
