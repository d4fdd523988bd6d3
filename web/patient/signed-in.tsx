import type { ReactElement, ReactNode } from 'react';
import { useLocation } from '../shared/router.tsx';
import { LinkButton, Notice, Spinner } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

/** Shows its children to signed-in people, and everyone else the way to sign in. */
export function SignedIn(props: { title: string; children: ReactNode }): ReactElement {
  const { t } = usePatientWords();
  const { me } = useCommon();
  const { pathname, search } = useLocation();
  return (
    <div className="stack">
      <h1>{props.title}</h1>
      {me === undefined && <Spinner />}
      {me === null && (
        <Notice title={t('sign.first')}>
          <LinkButton to={`/sign-in?next=${encodeURIComponent(pathname + search)}`}>
            {t('sign.in')}
          </LinkButton>
        </Notice>
      )}
      {me && props.children}
    </div>
  );
}
