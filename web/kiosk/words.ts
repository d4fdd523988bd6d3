import { useWords } from '../shared/i18n.tsx';
import type { zh as sharedZh } from '../shared/zh.ts';
import type { zh } from './zh.ts';

/** The words of the kiosk. */
export const useKioskWords = useWords<keyof typeof sharedZh | keyof typeof zh>;
