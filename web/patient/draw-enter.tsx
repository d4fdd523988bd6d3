import type { ReactElement } from 'react';
import { Link, useParams, useSearchParams } from '../shared/router.tsx';
import { DrawForm } from './draw-form.tsx';
import { usePatientWords } from './words.ts';

/** Registering for a draw, from its page or the calendar. */
export function EnterPage(): ReactElement {
  const { t } = usePatientWords();
  const { drawId = '' } = useParams();
  const [params] = useSearchParams();
  return (
    <div className="stack">
      <div>
        <p className="small">
          <Link to={`/draws/${drawId}`}>{t('draws.rules')}</Link>
        </p>
        <h1>{t('enter.title')}</h1>
      </div>
      <DrawForm drawId={drawId} sessionId={params.get('s')} />
    </div>
  );
}
