import { useWords } from '../shared/i18n.tsx';
import type { zh as sharedZh } from '../shared/zh.ts';
import type { zh } from './zh.ts';

/** The words of the staff's pages. */
export const useConsoleWords = useWords<keyof typeof sharedZh | keyof typeof zh>;
export type ConsoleWords = ReturnType<typeof useConsoleWords>['t'];
