import type { ReactElement } from 'react';
import { chooseSize, chooseTheme, sizes, themes, useDisplay } from '../shared/display.ts';
import { langs } from '../shared/i18n.tsx';
import { Card } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** Each language in its own words: who looks for theirs may not read the others. */
const names = { 'zh-CN': '简体中文', 'zh-Hant': '繁體中文', en: 'English' } as const;

/** Size of letters, colours and language. */
export function DisplayPage(): ReactElement {
  const { t, lang, setLang } = usePatientWords();
  const { size, theme } = useDisplay();
  return (
    <div className="stack">
      <h1>{t('show.title')}</h1>
      <Card>
        <Choice
          legend={t('show.size')}
          options={sizes.map((one) => [one, t(`show.${one}`)] as const)}
          chosen={size}
          onChoose={chooseSize}
        />
        <Choice
          legend={t('show.theme')}
          options={themes.map((one) => [one, t(`show.${one}`)] as const)}
          chosen={theme}
          onChoose={chooseTheme}
        />
        <Choice
          legend={t('show.lang')}
          options={langs.map((one) => [one, names[one]] as const)}
          chosen={lang}
          onChoose={setLang}
        />
        <p className="small">{t('show.kept')}</p>
      </Card>
      <Card title={t('show.offline-title')}>
        <p>{t('show.offline')}</p>
      </Card>
    </div>
  );
}

function Choice<T extends string>(props: {
  legend: string;
  options: readonly (readonly [T, string])[];
  chosen: T;
  onChoose: (value: T) => void;
}): ReactElement {
  return (
    <fieldset className="stack tight">
      <legend className="strong">{props.legend}</legend>
      {props.options.map(([value, name]) => (
        <label key={value} className="option">
          <input
            type="radio"
            name={props.legend}
            checked={props.chosen === value}
            onChange={() => props.onChoose(value)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
