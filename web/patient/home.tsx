import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { Empty, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

const entries = [
  ['/draws', 'draws.title', 'home.draws'],
  ['/visits', 'nav.visits', 'home.visits'],
  ['/entries', 'nav.entries', 'home.entries'],
  ['/patients', 'nav.patients', 'home.patients'],
] as const;

export function HomePage(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  return (
    <div className="stack">
      <div className="hero">
        <h1>{t('home.title')}</h1>
        <p>{t('home.lead')}</p>
      </div>
      <section className="stack" aria-labelledby="hospitals">
        <h2 id="hospitals">{t('home.choose')}</h2>
        <Wait on={hospitals}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('home.none')} />
            ) : (
              <ul className="stack">
                {list.map((hospital) => (
                  <li key={hospital.id}>
                    <Link to={`/h/${hospital.id}`} className="card choice">
                      <span className="row spread">
                        <span className="choice-title">{hospital.name}</span>
                        <span className="tag good">{hospital.level}</span>
                      </span>
                      <span className="soft">{hospital.address}</span>
                      <span className="choice-go">{t('home.book')}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }
        </Wait>
      </section>
      <ul className="tiles">
        {entries.map(([to, title, text]) => (
          <li key={to}>
            <Link to={to} className="card choice">
              <span className="choice-title">{t(title)}</span>
              <span className="small">{t(text)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
