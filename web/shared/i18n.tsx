import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { zh as sharedZh } from './zh.ts';

export type Lang = 'zh-CN' | 'en';
export type Dictionary = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;

type I18n = { lang: Lang; setLang: (lang: Lang) => void; words: Dictionary };

const Words = createContext<I18n>({ lang: 'zh-CN', setLang: () => undefined, words: {} });

function remembered(): Lang {
  try {
    return localStorage.getItem('zh.lang') === 'en' ? 'en' : 'zh-CN';
  } catch {
    return 'zh-CN'; // storage may be closed to us; Chinese first
  }
}

/** Gives the words of the chosen language; English comes in its own file when it is asked for. */
export function I18nProvider(props: {
  zh: Dictionary;
  english: () => Promise<Dictionary>;
  children: ReactNode;
}): ReactNode {
  const { zh, english } = props;
  const [lang, setLang] = useState<Lang>(remembered);
  const [en, setEn] = useState<Dictionary>();
  useEffect(() => {
    if (lang === 'en' && !en) void english().then(setEn);
    document.documentElement.lang = lang;
    try {
      localStorage.setItem('zh.lang', lang);
    } catch {
      // not remembered, then
    }
  }, [lang, en, english]);
  const shown = lang === 'en' && en ? 'en' : 'zh-CN';
  const value = useMemo(
    () => ({ lang: shown, setLang, words: shown === 'en' && en ? en : zh }) as const,
    [shown, en, zh],
  );
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
