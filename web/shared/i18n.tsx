import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { setSpeech } from './say.ts';
import type { zh as sharedZh } from './zh.ts';

export type Lang = 'zh-CN' | 'zh-Hant' | 'en';
export const langs = ['zh-CN', 'zh-Hant', 'en'] as const satisfies readonly Lang[];
export type Dictionary = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;

type Say = (text: string) => string;
type I18n = { lang: Lang; setLang: (lang: Lang) => void; words: Dictionary };

const asIs: Say = (text) => text;
const Words = createContext<I18n>({
  lang: 'zh-CN',
  setLang: () => undefined,
  words: {},
});

/** The choice of before; without one, traditional characters for who reads those; Chinese first. */
function remembered(): Lang {
  try {
    const kept = localStorage.getItem('zh.lang');
    const known = langs.find((one) => one === kept);
    if (known) return known;
  } catch {
    // storage may be closed to us
  }
  return /^zh-(hant|tw|hk|mo)/i.test(navigator.language) ? 'zh-Hant' : 'zh-CN';
}

function keep(lang: Lang): void {
  try {
    localStorage.setItem('zh.lang', lang);
  } catch {
    // not remembered, then
  }
}

/** One source for both ways to write Chinese: the words are rewritten by a table that comes lazily. */
async function traditional(): Promise<Say> {
  const [{ toTraditional }, { hantTable }] = await Promise.all([
    import('./hant.ts'),
    import('./hant-table.ts'),
  ]);
  return (text) => toTraditional(text, hantTable);
}

/** Gives the words of the chosen language; what is not needed for Chinese comes when it is asked for. */
export function I18nProvider(props: {
  zh: Dictionary;
  english: () => Promise<Dictionary>;
  children: ReactNode;
}): ReactNode {
  const { zh, english } = props;
  const [lang, choose] = useState<Lang>(remembered);
  const [en, setEn] = useState<Dictionary>();
  const [hant, setHant] = useState<Say>();
  useEffect(() => {
    if (lang === 'en' && !en) english().then(setEn, () => undefined);
    if (lang === 'zh-Hant' && !hant)
      traditional().then(
        (say) => setHant(() => say),
        () => undefined,
      );
  }, [lang, en, hant, english]);
  const isThere = lang === 'en' ? en !== undefined : lang === 'zh-CN' || hant !== undefined;
  const shown: Lang = isThere ? lang : 'zh-CN';
  useEffect(() => {
    // Even told the same, a browser chooses all letters anew.
    if (document.documentElement.lang !== shown) document.documentElement.lang = shown;
  }, [shown]);
  const value = useMemo((): I18n => {
    const say = (shown === 'zh-Hant' && hant) || asIs;
    setSpeech(say);
    const rewritten = (): Dictionary =>
      Object.fromEntries(Object.entries(zh).map(([key, text]) => [key, say(text)]));
    const words = shown === 'zh-CN' ? zh : shown === 'en' ? { ...zh, ...en } : rewritten();
    const setLang = (next: Lang): void => {
      keep(next);
      choose(next);
    };
    return { lang: shown, setLang, words };
  }, [shown, en, hant, zh]);
  return <Words value={value}>{props.children}</Words>;
}

/** `t('key', { n: 3 })`: the words of a key with {n} filled in. K names the keys that exist. */
export function useWords<K extends string>(): {
  t: (key: K, params?: Params) => string;
  lang: Lang;
  setLang: (lang: Lang) => void;
} {
  const { words, lang, setLang } = useContext(Words);
  const t = (key: K, params?: Params): string => fill(words[key] ?? key, params);
  return { t, lang, setLang };
}

/** The words of the shared parts. */
export const useSharedWords = useWords<keyof typeof sharedZh>;

function fill(text: string, params: Params | undefined): string {
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
