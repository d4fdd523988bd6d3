import '../shared/old-browsers.ts';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from '../shared/i18n.tsx';
import { Router } from '../shared/router.tsx';
import { zh as sharedZh } from '../shared/zh.ts';
import { App } from './app.tsx';
import { keepPagesOffline } from './offline.ts';
import { zhDraw } from './zh-draw.ts';
import { zhElder } from './zh-elder.ts';
import { zhGate } from './zh-gate.ts';
import { zh } from './zh.ts';

const chinese = { ...sharedZh, ...zh, ...zhDraw, ...zhGate, ...zhElder };

async function english(): Promise<Record<string, string>> {
  const [shared, own, draw, gate, elder] = await Promise.all([
    import('../shared/en.ts'),
    import('./en.ts'),
    import('./en-draw.ts'),
    import('./en-gate.ts'),
    import('./en-elder.ts'),
  ]);
  return { ...shared.en, ...own.en, ...draw.enDraw, ...gate.enGate, ...elder.enElder };
}

keepPagesOffline();
const place = document.getElementById('app');
if (place) {
  // In a task of its own: reading the scripts was one, and a phone answers to touch in between.
  setTimeout(() => {
    createRoot(place).render(
      <I18nProvider zh={chinese} english={english}>
        <Router>
          <App />
        </Router>
      </I18nProvider>,
    );
  });
}
