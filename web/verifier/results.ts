import type { DrawFacts } from '../../src/release/sealed-draw/verify-facts.ts';
import { tally, verdict, type Check } from '../../src/release/sealed-draw/verify-report.ts';
import type { Verified } from '../../src/release/sealed-draw/verify.ts';
import { fill, QUESTIONS, STATUS, WORDS, type Language, type Word } from './words.ts';

// Draws the outcome. Texts of a bundle only ever become text nodes.

type Child = Node | string | null;

function element(tag: string, className: string, ...children: readonly Child[]): HTMLElement {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The whole outcome in one language: verdict, facts, my result, each check. */
export function outcome({ checks, facts }: Verified, language: Language): HTMLElement[] {
  const words = WORDS[language];
  return [
    verdictBox(checks, language),
    facts.beacon === 'demo' ? element('p', 'notice open', words['demo-warning']) : null,
    facts.mine ? mineBox(facts, language) : null,
    element('h2', '', words.checks),
    element('ol', 'checks', ...checks.map((check) => checkBox(check, language))),
    factsBox(facts, language),
    element('p', 'small', words.again),
  ].filter((node) => node !== null);
}

function verdictBox(checks: readonly Check[], language: Language): HTMLElement {
  const { fail, open, pass } = tally(checks);
  const tone = fail > 0 ? 'bad' : open > 0 || pass === 0 ? 'open' : 'good';
  const title = element('h2', '', verdict(checks)[language]);
  title.id = 'verdict';
  title.tabIndex = -1;
  const words = WORDS[language];
  return element(
    'div',
    `notice ${tone}`,
    title,
    fail > 0 ? element('ul', '', ...checks.flatMap((check) => failedLine(check, language))) : null,
    fail > 0 ? element('p', '', words.failed) : null,
    open > 0 ? element('p', '', words.open) : null,
  );
}

function failedLine({ id, name, status }: Check, language: Language): HTMLElement[] {
  return status === 'fail' ? [element('li', 'strong', `✗ ${id} ${name[language]}`)] : [];
}

function checkBox({ id, name, status, told }: Check, language: Language): HTMLElement {
  const title = element('h3', '', element('span', 'id', `${id} `), name[language]);
  const tag = element('span', 'tag', STATUS[language][status]);
  const box = element(
    'li',
    `check ${status}`,
    element('div', 'row', title, tag),
    element('p', 'small', QUESTIONS[language][id]),
    ...told.map((sentence) => element('p', '', sentence[language])),
  );
  box.dataset['check'] = id;
  box.dataset['status'] = status;
  return box;
}

type Row = readonly [word: Word, value: string | number | null, mono?: boolean];

function list(rows: readonly Row[], language: Language): HTMLElement {
  const shown = rows.filter(([, value]) => value !== null);
  return element(
    'dl',
    '',
    ...shown.map(([word, value, mono]) =>
      element(
        'div',
        '',
        element('dt', '', WORDS[language][word]),
        element('dd', mono ? 'mono' : '', String(value)),
      ),
    ),
  );
}

function factsBox(facts: DrawFacts, language: Language): HTMLElement {
  const words = WORDS[language];
  const rows: Row[] = [
    ['draw', facts.draw],
    ['hospital', facts.hospital],
    ['group', facts.group],
    ['number', facts.number],
    ['places', facts.places],
    ['entries', facts.entries],
    ['close', facts.close === null ? null : clock(facts.close, language)],
    ['beacon', facts.beacon && words[facts.beacon]],
    ['round', facts.round],
    ['seal', facts.seal, true],
  ];
  return element('section', 'facts', element('h2', '', words.facts), list(rows, language));
}

function mineBox({ mine, entries }: DrawFacts, language: Language): HTMLElement | null {
  if (mine === null) return null;
  const words = WORDS[language];
  const place = mine.rank === null ? null : `${mine.rank} / ${entries ?? '?'}`;
  const rows: Row[] = [
    ['mine-code', mine.code.replaceAll(/(.{4})(?=.)/g, '$1 '), true],
    ['mine-rank', place ?? words['mine-missing']],
    ['mine-slot', place === null ? null : (mine.slot ?? words['mine-none'])],
  ];
  const shown = list(rows, language);
  if (mine.returned) {
    const name = fill(words['mine-returned'], { n: mine.returned.n });
    shown.append(
      element('div', '', element('dt', '', name), element('dd', '', mine.returned.slot)),
    );
  }
  return element(
    'section',
    'facts',
    element('h2', '', words.mine),
    shown,
    element('p', 'small', words['mine-note']),
  );
}

function clock(seconds: number, language: Language): string {
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Shanghai' } as const;
  try {
    return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', options).format(
      seconds * 1000,
    );
  } catch {
    return String(seconds); // a time beyond what a calendar holds
  }
}
