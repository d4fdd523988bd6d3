import { useState, type ReactElement } from 'react';
import { useAction } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import type { Hospital } from '../shared/types.ts';
import { Button, Empty, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { kilometres, position, type Point } from './distance.ts';
import { usePatientWords } from './words.ts';

/** The hospitals with level and campuses; how far they are only when asked. */
export function HospitalList(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [here, setHere] = useState<Point | null>(null);
  const ask = useAction(async () => setHere(await position()));
  const known = hospitals.data?.some(({ campuses }) => campuses.some(isPlaced)) === true;
  return (
    <section className="stack" aria-labelledby="hospitals">
      <div className="row spread">
        <h2 id="hospitals">{t('home.choose')}</h2>
        {known && here === null && (
          <Button look="quiet" busy={ask.busy} onClick={() => void ask.run()}>
            {t('near.show')}
          </Button>
        )}
      </div>
      {known && here === null && (
        <p className="small" role="status">
          {t(ask.problem ? 'near.refused' : 'near.why')}
        </p>
      )}
      <Wait on={hospitals}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('home.none')} />
          ) : (
            <ul className="stack">
              {nearestFirst(list, here).map((hospital) => (
                <li key={hospital.id}>
                  <HospitalCard hospital={hospital} here={here} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </section>
  );
}

function HospitalCard(props: { hospital: Hospital; here: Point | null }): ReactElement {
  const { t } = usePatientWords();
  const { hospital, here } = props;
  return (
    <Link to={`/h/${hospital.id}`} className="card choice">
      <span className="row spread">
        <span className="choice-title">{hospital.name}</span>
        {hospital.level !== '' && <span className="tag good">{hospital.level}</span>}
      </span>
      {hospital.campuses.length === 0 && <span className="soft">{hospital.address}</span>}
      {hospital.campuses.map((campus) => (
        <span key={campus.id} className="soft">
          {t('near.campus', { campus: campus.name, address: campus.address || hospital.address })}
          {here && isPlaced(campus) && (
            <span className="strong nowrap"> {farText(kilometres(here, campus), t)}</span>
          )}
        </span>
      ))}
      <span className="choice-go">{t('home.book')}</span>
    </Link>
  );
}

function isPlaced<C extends { latitude: number | null; longitude: number | null }>(
  campus: C,
): campus is C & Point {
  return campus.latitude !== null && campus.longitude !== null;
}

/** Hospitals by their nearest campus; those whose place is unknown come last. */
function nearestFirst(list: readonly Hospital[], here: Point | null): readonly Hospital[] {
  if (here === null) return list;
  const far = ({ campuses }: Hospital): number =>
    Math.min(...campuses.filter(isPlaced).map((campus) => kilometres(here, campus)));
  return [...list].sort((a, b) => far(a) - far(b));
}

type Words = ReturnType<typeof usePatientWords>['t'];

function farText(km: number, t: Words): string {
  if (km < 0.95) return t('near.metres', { n: Math.max(100, Math.round(km * 10) * 100) });
  return t('near.km', { n: km < 10 ? km.toFixed(1) : Math.round(km) });
}
