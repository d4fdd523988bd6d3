import type { ManifestBeacon } from '../sealed-draw/index.ts';

/** What a page says of a beacon, so that nobody takes the demo's for an independent one. */
export type BeaconLabel = { zh: string; en: string; independent: boolean };

const labels: Record<ManifestBeacon['kind'], BeaconLabel> = {
  city: {
    zh: '城市信标：由几家单位分持密钥共同产生，任何一家都不能单独提前算出。',
    en: 'City beacon: made together by several bodies that each hold a share of the key.',
    independent: true,
  },
  dice: {
    zh: '现场骰子：当众掷出，由两人分别录入。',
    en: 'Dice: thrown in public and typed in by two people.',
    independent: true,
  },
  drand: {
    zh: '公共信标 drand quicknet：境外运行，结果任何人可以核对。',
    en: 'Public beacon drand quicknet: run abroad; anyone can check its rounds.',
    independent: true,
  },
  demo: {
    zh: '演示信标：由本系统自己产生，不独立，只用于演示。',
    en: 'Demo beacon: made by this system itself, not independent, for demonstration only.',
    independent: false,
  },
};

/** The label of a kind of beacon, in Chinese and English. */
export function beaconLabel(kind: ManifestBeacon['kind']): BeaconLabel {
  return labels[kind];
}
