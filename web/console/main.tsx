import '../shared/old-browsers.ts';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from '../shared/i18n.tsx';
import { Router } from '../shared/router.tsx';
import { zh as sharedZh } from '../shared/zh.ts';
import { App } from './app.tsx';
import { zh } from './zh.ts';

const chinese = { ...sharedZh, ...zh };

async function english(): Promise<Record<string, string>> {
  const [shared, own] = await Promise.all([import('../shared/en.ts'), import('./en.ts')]);
  return { ...shared.en, ...own.en };
}

const place = document.getElementById('app');
if (place) {
  createRoot(place).render(
    <I18nProvider zh={chinese} english={english}>
      <Router base="/console">
        <App />
      </Router>
    </I18nProvider>,
  );
}
