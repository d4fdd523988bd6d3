import { useSyncExternalStore } from 'react';

export const themes = ['auto', 'light', 'dark'] as const;
export const sizes = ['usual', 'elder', 'largest'] as const;
export type Theme = (typeof themes)[number];
/** `elder` is 长辈版; `largest` is 长辈版 with letters of 30 px. */
export type Size = (typeof sizes)[number];
/** `chosen`: this device was told a size, ever or (`now`) since the page was opened. */
export type Display = { theme: Theme; size: Size; chosen: 'never' | 'before' | 'now' };

// How the pages look on this device: size of letters and light or dark. It is kept here, so that it
// holds before anybody signs in.

const sizeCode = { usual: '0', elder: '1', largest: '2' } as const;

function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // it holds for this visit
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // it holds for this visit
  }
}

function atStart(): Display {
  const kept = readKept('zh.elder');
  const theme = readKept('zh.theme');
  return {
    theme: themes.find((one) => one === theme) ?? 'auto',
    size: sizes.find((one) => sizeCode[one] === kept) ?? 'usual',
    chosen: kept === null ? 'never' : 'before',
  };
}

let display = atStart();
const watchers = new Set<() => void>();

function apply({ theme, size }: Display): void {
  const { classList, dataset } = document.documentElement;
  classList.toggle('elder', size !== 'usual');
  classList.toggle('largest', size === 'largest');
  if (theme === 'auto') delete dataset['theme'];
  else dataset['theme'] = theme;
}

function set(next: Display): void {
  display = next;
  apply(next);
  for (const watcher of watchers) watcher();
}

export function chooseTheme(theme: Theme): void {
  keep('zh.theme', theme);
  set({ ...display, theme });
}

export function chooseSize(size: Size): void {
  keep('zh.elder', sizeCode[size]);
  set({ ...display, size, chosen: 'now' });
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useDisplay(): Display & { elder: boolean } {
  const now = useSyncExternalStore(watch, () => display);
  return { ...now, elder: now.size !== 'usual' };
}

apply(display);
