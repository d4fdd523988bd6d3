import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import { match, type Params } from './match.ts';

// Which page an address shows, and how one gets from page to page without loading anew. Addresses
// (`to`, `pathname`) begin with / and are told without the part that all pages of a face share.

type Place = { pathname: string; search: string };
type Go = (to: string, options?: { replace?: boolean }) => void;
type Router = { base: string; place: Place; go: Go };

const RouterContext = createContext<Router>({
  base: '',
  place: { pathname: '/', search: '' },
  go: () => undefined,
});
const ParamsContext = createContext<Params>({});

function placeOf(base: string): Place {
  const { pathname, search } = window.location;
  return { pathname: pathname.slice(base.length) || '/', search };
}

const hrefOf = (base: string, to: string): string => (to === '/' && base !== '' ? base : base + to);

/** Follows the address of the window; `base` is what all its pages begin with. */
export function Router(props: { base?: string; children: ReactNode }): ReactElement {
  const { base = '' } = props;
  const [place, setPlace] = useState(() => placeOf(base));
  const follow = useCallback(() => {
    const now = placeOf(base);
    setPlace((known) =>
      known.pathname === now.pathname && known.search === now.search ? known : now,
    );
  }, [base]);
  useEffect(() => {
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, [follow]);
  const go: Go = useCallback(
    (to, options) => {
      const href = hrefOf(base, to);
      const { pathname, search, hash } = window.location;
      const replace = options?.replace === true || href === pathname + search + hash;
      if (replace) window.history.replaceState(null, '', href);
      else window.history.pushState(null, '', href);
      follow();
    },
    [base, follow],
  );
  const router = useMemo(() => ({ base, place, go }), [base, place, go]);
  return <RouterContext value={router}>{props.children}</RouterContext>;
}

/** The first of `pages` (pattern and page) that fits the address, else `otherwise`. */
export function Routes(props: {
  pages: readonly (readonly [pattern: string, page: ReactElement])[];
  otherwise: ReactElement;
}): ReactElement {
  const { pathname } = useLocation();
  for (const [pattern, page] of props.pages) {
    const params = match(pattern, pathname);
    if (params) return <ParamsContext value={params}>{page}</ParamsContext>;
  }
  return props.otherwise;
}

export function useLocation(): Place {
  return useContext(RouterContext).place;
}

/** What stands at the names of the page's pattern. */
export function useParams(): Partial<Params> {
  return useContext(ParamsContext);
}

/** `go(to)` opens another page; with `replace` the way back leaves out the present one. */
export function useNavigate(): Go {
  return useContext(RouterContext).go;
}

type SetSearch = (
  next: URLSearchParams | Record<string, string>,
  options?: { replace?: boolean },
) => void;

export function useSearchParams(): [URLSearchParams, SetSearch] {
  const { place, go } = useContext(RouterContext);
  const { pathname, search } = place;
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const set: SetSearch = (next, options) => {
    const text = new URLSearchParams(next).toString();
    go(text === '' ? pathname : `${pathname}?${text}`, options);
  };
  return [params, set];
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { to: string };

/** A link to another page of the same face. */
export function Link({ to, onClick, children, ...rest }: LinkProps): ReactElement {
  const { base, go } = useContext(RouterContext);
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || wantsAnotherTab(event)) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={hrefOf(base, to)} onClick={follow}>
      {children}
    </a>
  );
}

const wantsAnotherTab = (event: MouseEvent): boolean =>
  event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

/** A link that says when its page, or (without `end`) one below it, is the present one. */
export function NavLink({ end = false, ...rest }: LinkProps & { end?: boolean }): ReactElement {
  const { pathname } = useLocation();
  const isHere = pathname === rest.to || (!end && pathname.startsWith(`${rest.to}/`));
  return <Link {...rest} aria-current={isHere ? 'page' : undefined} />;
}

/** Being shown, it opens another page. */
export function Navigate(props: { to: string; replace?: boolean }): null {
  const go = useNavigate();
  const { to, replace = false } = props;
  useEffect(() => go(to, { replace }), [go, to, replace]);
  return null;
}
