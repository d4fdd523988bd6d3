import type { ReactElement } from 'react';
import { chooseSize } from '../shared/display.ts';
import { Link } from '../shared/router.tsx';
import { Button } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { HospitalList } from './hospital-list.tsx';
import { SearchBox } from './search-box.tsx';
import { usePatientWords } from './words.ts';

const tiles = [
  ['/today', 'tile.today'],
  ['/standby', 'tile.standby'],
  ['/draws', 'draws.title'],
  ['/bills', 'tile.bills'],
  ['/waiting', 'tile.waiting'],
  ['/patients', 'tile.patients'],
  ['/guide', 'tile.guide'],
  ['/notices/stopped', 'tile.stopped'],
  ['/know', 'tile.know'],
  ['/report', 'tile.report'],
] as const;

/** Where everybody begins: one box for everything, the things one may do, and the hospitals. */
export function HomePage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <div className="stack">
      <div className="hero">
        <h1>{t('home.title')}</h1>
        <p>{t('home.lead')}</p>
      </div>
      <SearchBox />
      <Tiles />
      <HospitalList />
    </div>
  );
}

function Tiles(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const only = hospitals.data?.length === 1 ? hospitals.data[0] : undefined;
  return (
    <ul className="tiles home-tiles" aria-label={t('tile.label')}>
      <li>
        {only ? (
          <Link to={`/h/${only.id}`} className="tile">
            {t('tile.book')}
          </Link>
        ) : (
          <a href="#hospitals" className="tile">
            {t('tile.book')}
          </a>
        )}
      </li>
      {tiles.map(([to, key]) => (
        <li key={to}>
          <Link to={to} className="tile">
            {t(key)}
          </Link>
        </li>
      ))}
      <li>
        <Button look="quiet" onClick={() => chooseSize('elder')}>
          {t('tile.elder')}
        </Button>
      </li>
    </ul>
  );
}
