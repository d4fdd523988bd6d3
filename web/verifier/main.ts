import { shortCode } from '../../src/release/sealed-draw/receipt.ts';
import type { Sentence } from '../../src/release/sealed-draw/sentence.ts';
import type { VerifyOptions } from '../../src/release/sealed-draw/verify-context.ts';
import { CHECK_NAMES } from '../../src/release/sealed-draw/verify-report.ts';
import {
  verifyInSteps,
  type Progress,
  type Verified,
} from '../../src/release/sealed-draw/verify.ts';
import { both, chosen, dropped, readGiven, readReceipt, toldBy } from './input.ts';
import type { Given, PathFile } from './input.ts';
import { outcome } from './results.ts';
import { fill, WORDS, type Language, type Word } from './words.ts';

type Told = { sentence: Sentence; bad: boolean };

const spoken: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';

const state = {
  language: spoken,
  bundle: null as Given | null,
  receipt: null as { draw: string; e: string } | null,
  other: null as Given | null,
  told: new Map<Zone, Told>(),
  verified: null as Verified | null,
  progress: null as Progress | null,
  isRunning: false,
};

type Zone = 'bundle' | 'receipt' | 'other';

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function show(): void {
  const { language } = state;
  const words = WORDS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = words.title;
  for (const node of document.querySelectorAll<HTMLElement>('[data-word]')) {
    node.textContent = words[node.dataset['word'] as Word];
  }
  for (const one of ['zh', 'en'] as const) {
    byId(one).setAttribute('aria-pressed', String(one === language));
  }
  for (const zone of ['bundle', 'receipt', 'other'] as const) showZone(zone);
  byId<HTMLButtonElement>('start').disabled = state.bundle === null || state.isRunning;
  showProgress();
  const results = byId('results');
  results.hidden = state.verified === null;
  results.replaceChildren(...(state.verified ? outcome(state.verified, language) : []));
}

function showZone(zone: Zone): void {
  const told = state.told.get(zone);
  const node = byId(`${zone}-state`);
  node.textContent = told?.sentence[state.language] ?? '';
  node.classList.toggle('bad', told?.bad === true);
}

function showProgress(): void {
  const { progress, language } = state;
  byId('running').hidden = !state.isRunning;
  if (progress === null) return;
  const { id, done } = progress;
  const name = CHECK_NAMES[id][language];
  byId('progress-text').textContent = fill(WORDS[language].checking, { id, name });
  byId<HTMLProgressElement>('progress').value = Math.round(done * 100);
}

function tell(zone: Zone, sentence: Sentence, bad = false): void {
  state.told.set(zone, { sentence, bad });
  show();
}

/** Takes what was given for a zone; what cannot be used leaves the zone empty and says why. */
async function take(zone: Zone, list: readonly PathFile[]): Promise<void> {
  const [first] = list;
  if (first === undefined || state.isRunning) return;
  state.verified = null;
  try {
    if (zone === 'receipt') return takeReceipt(await first.file.text());
    state[zone] = null;
    tell(zone, both('reading', { name: first.path.split('/')[0] ?? '' }));
    const given = await readGiven(list);
    state[zone] = given;
    tell(zone, zone === 'bundle' ? bundleGiven(given) : both('given-other', { name: given.name }));
  } catch (error) {
    if (zone !== 'receipt') state[zone] = null;
    tell(zone, toldBy(error), true);
  }
}

function bundleGiven({ kind, name, files }: Given): Sentence {
  if (kind === 'vector') return both('given-vector');
  const count = files.size;
  return kind === 'partial'
    ? both('given-partial', { count })
    : both('given-bundle', { name, count });
}

function takeReceipt(text: string): void {
  state.receipt = null;
  state.verified = null;
  if (text.trim() === '') {
    state.told.delete('receipt');
    show();
    return;
  }
  try {
    const receipt = readReceipt(text);
    state.receipt = receipt;
    const code = /^[0-9a-f]{64}$/.test(receipt.e) ? shortCode(receipt.e) : '?';
    tell('receipt', both('given-receipt', { code }));
  } catch (error) {
    tell('receipt', toldBy(error), true);
  }
}

async function run(): Promise<void> {
  const { bundle, receipt, other } = state;
  if (bundle === null || state.isRunning) return;
  state.isRunning = true;
  state.verified = null;
  show();
  const options: VerifyOptions = { partial: bundle.kind === 'partial' };
  if (receipt) options.receipt = receipt;
  if (other) options.others = [other.files];
  try {
    state.verified = await verifyInSteps(bundle.files, options, async (progress) => {
      state.progress = progress;
      showProgress();
      // Lets the browser draw and answer before the next step.
      await new Promise((resolve) => setTimeout(resolve));
    });
  } catch (error) {
    tell('bundle', toldBy(error), true);
  } finally {
    state.isRunning = false;
    state.progress = null;
    show();
  }
  document.getElementById('verdict')?.focus();
}

function wireZone(zone: Zone): void {
  const section = byId(zone);
  for (const input of section.querySelectorAll<HTMLInputElement>('input[type=file]')) {
    input.addEventListener('change', () => {
      if (input.files?.length) void take(zone, chosen(input.files));
      input.value = ''; // so that the same file can be chosen again
    });
  }
  section.addEventListener('dragover', () => section.classList.add('over'));
  section.addEventListener('dragleave', () => section.classList.remove('over'));
  section.addEventListener('drop', (event) => {
    section.classList.remove('over');
    const { dataTransfer } = event;
    if (dataTransfer) void dropped(dataTransfer).then((list) => take(zone, list));
  });
}

for (const zone of ['bundle', 'receipt', 'other'] as const) wireZone(zone);
for (const name of ['dragover', 'drop'] as const) {
  // Else the browser would leave the page and open the file.
  document.addEventListener(name, (event) => event.preventDefault());
}
for (const language of ['zh', 'en'] as const) {
  byId(language).addEventListener('click', () => {
    state.language = language;
    show();
  });
}
byId<HTMLTextAreaElement>('receipt-paste').addEventListener('input', (event) => {
  takeReceipt((event.target as HTMLTextAreaElement).value);
});
byId('start').addEventListener('click', () => void run());
show();
