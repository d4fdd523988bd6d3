import table from './region-codes.data.json' with { type: 'json' };

/** A six-digit code of GB/T 2260 (licences and sources of the table: `README.md` in this folder). */
export type Region = {
  code: string;
  /** Province, prefecture and county in one, e.g. 河北省石家庄市长安区. */
  name: string;
  status: 'current' | 'abolished';
  /** The year the code came into use, where the table knows it. */
  since?: number;
};

/** Last day whose announced changes the table contains; later codes cannot be known to it. */
export const REGION_TABLE_EDITION: string = table.edition;

// Provinces founded after identity numbers came into use; all their codes are as young as they are.
const PROVINCE_SINCE: Readonly<Record<string, number>> = { '46': 1988, '50': 1997 };

const provinces = new Map(Object.entries(table.provinces));
const prefectures = new Map(Object.entries(table.prefectures));
const countySince = new Map(Object.entries(table.since));

let counties: Map<string, { name: string; current: boolean }> | undefined;

/** Unpacked at first use: `02路南区 -06新区` is one current and one abolished county. */
function countyTable(): Map<string, { name: string; current: boolean }> {
  if (counties) return counties;
  counties = new Map();
  for (const [prefecture, list] of Object.entries(table.counties)) {
    for (const item of list.split(' ')) {
      const current = !item.startsWith('-');
      const text = current ? item : item.slice(1);
      counties.set(prefecture + text.slice(0, 2), { name: text.slice(2), current });
    }
  }
  return counties;
}

/** Whether the first two digits are those of a province, or of a residence permit (81, 82, 83). */
export function isKnownProvince(code: string): boolean {
  return provinces.has(code.slice(0, 2));
}

// 市辖区, 县 and 省直辖县级行政区划 are headings of the list, not places a person would name.
function placeName(name: string): string {
  return name === '市辖区' || name === '县' || name.includes('直辖') ? '' : name;
}

function regionSince(code: string): number | undefined {
  return countySince.get(code) ?? PROVINCE_SINCE[code.slice(0, 2)];
}

/**
 * The region of a six-digit code, current or abolished; undefined when no list ever had it.
 * Source: GB/T 2260 and the yearly changes announced by 民政部.
 */
export function lookupRegion(code: string): Region | undefined {
  const province = provinces.get(code.slice(0, 2));
  if (!province || !/^\d{6}$/.test(code)) return undefined;
  const since = regionSince(code);
  const region = (name: string, current: boolean): Region => ({
    code,
    name,
    status: current ? 'current' : 'abolished',
    ...(since === undefined ? {} : { since }),
  });
  if (code.endsWith('0000')) return region(province, true);
  const listed = prefectures.get(code.slice(0, 4)) ?? '';
  const prefecture = placeName(listed.replace('-', ''));
  if (code.endsWith('00')) {
    return listed ? region(province + prefecture, !listed.startsWith('-')) : undefined;
  }
  const county = countyTable().get(code);
  return county && region(province + prefecture + placeName(county.name), county.current);
}

/** Codes of today's counties and districts of the mainland, in order. */
export function currentCountyCodes(): string[] {
  return [...countyTable()]
    .filter(([, county]) => county.current && placeName(county.name) !== '')
    .map(([code]) => code)
    .sort();
}
