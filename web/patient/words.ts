import { useWords } from '../shared/i18n.tsx';
import type { zh as sharedZh } from '../shared/zh.ts';
import type { zhDraw } from './zh-draw.ts';
import type { zhElder } from './zh-elder.ts';
import type { zhGate } from './zh-gate.ts';
import type { zh } from './zh.ts';

/** The words of the patients' pages. */
export const usePatientWords = useWords<
  | keyof typeof sharedZh
  | keyof typeof zh
  | keyof typeof zhDraw
  | keyof typeof zhGate
  | keyof typeof zhElder
>;
