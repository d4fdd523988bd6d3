import {
  useEffect,
  useId,
  useRef,
  useSyncExternalStore,
  type ButtonHTMLAttributes,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { ApiProblem } from './api.ts';
import { waitingNow, watchWaiting } from './asked-back.ts';
import { useNow, type Loaded } from './hooks.ts';
import { useSharedWords } from './i18n.tsx';
import { Link } from './router.tsx';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

export function Button({
  look = 'primary',
  busy = false,
  wide = false,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: Look;
  busy?: boolean;
  wide?: boolean;
}): ReactElement {
  const { t } = useSharedWords();
  const waiting = useSyncExternalStore(watchWaiting, waitingNow);
  return (
    <button
      type="button"
      {...rest}
      className={`button ${look}${wide ? ' wide' : ''}`}
      disabled={rest.disabled === true || busy}
      aria-busy={busy}
    >
      {busy ? t(waiting ? 'common.waiting' : 'common.working') : children}
    </button>
  );
}

/** Says, while a full door has asked the page to come back, that it does so by itself. */
export function AskedBack(): ReactElement {
  const { t } = useSharedWords();
  const waiting = useSyncExternalStore(watchWaiting, waitingNow);
  return (
    <div role="status" className="asked-back">
      {waiting && (
        <div className="notice warn">
          <p className="notice-title">{t('asked-back.title')}</p>
          <p>{t('asked-back.text')}</p>
        </div>
      )}
    </div>
  );
}

export function LinkButton(props: {
  to: string;
  look?: Look;
  wide?: boolean;
  children: ReactNode;
}): ReactElement {
  const { look = 'primary', wide = false } = props;
  return (
    <Link to={props.to} className={`button ${look}${wide ? ' wide' : ''}`}>
      {props.children}
    </Link>
  );
}

export function Card(props: {
  title?: ReactNode;
  aside?: ReactNode;
  tone?: 'plain' | 'raised';
  children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section
      className={`card ${props.tone ?? 'plain'}`}
      aria-labelledby={props.title === undefined ? undefined : id}
    >
      {props.title !== undefined && (
        <header className="card-head">
          <h2 id={id}>{props.title}</h2>
          {props.aside}
        </header>
      )}
      {props.children}
    </section>
  );
}

/** A labelled control. `control` gets the ids that tie label, hint and error to it. */
export function Field(props: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  control: (ties: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => ReactNode;
}): ReactElement {
  const id = useId();
  const described = [props.hint && `${id}-hint`, props.error && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.control({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': props.error !== undefined,
      })}
      {props.hint && (
        <p className="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.error && (
        <p className="field-error" id={`${id}-error`}>
          {props.error}
        </p>
      )}
    </div>
  );
}

export function Notice(props: {
  tone?: 'info' | 'good' | 'warn' | 'bad';
  title?: string;
  children?: ReactNode;
}): ReactElement {
  const { tone = 'info' } = props;
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      {props.title && <p className="notice-title">{props.title}</p>}
      {props.children && <div>{props.children}</div>}
    </div>
  );
}

export function ProblemNotice(props: {
  problem: ApiProblem | undefined;
  retry?: (() => void) | undefined;
}): ReactElement | null {
  const { t, lang } = useSharedWords();
  const { problem } = props;
  if (!problem) return null;
  return (
    <Notice tone="bad">
      <p>{lang === 'en' ? problem.english : problem.message}</p>
      {problem.status >= 500 && problem.requestId && (
        <p className="small">{t('common.request', { id: problem.requestId })}</p>
      )}
      {props.retry && (
        <Button look="secondary" onClick={props.retry}>
          {t('common.retry')}
        </Button>
      )}
    </Notice>
  );
}

export type Tone = 'good' | 'muted' | 'bad' | 'wait' | 'open';

export function Tag(props: { tone: Tone; children: ReactNode }): ReactElement {
  return <span className={`tag ${props.tone}`}>{props.children}</span>;
}

export function Spinner(): ReactElement {
  const { t } = useSharedWords();
  return (
    <p className="spinner" role="status">
      {t('common.loading')}
    </p>
  );
}

export function Empty(props: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="empty">
      <p>{props.title}</p>
      {props.children}
    </div>
  );
}

/** Spinner, problem with retry, or the loaded thing. */
export function Wait<T>(props: { on: Loaded<T>; children: (data: T) => ReactNode }): ReactNode {
  const { data, problem, reload } = props.on;
  if (data !== undefined) return props.children(data);
  return problem ? <ProblemNotice problem={problem} retry={reload} /> : <Spinner />;
}

/** Time left until an instant, by the server's clock. Calls `onOver` once when it is reached. */
export function Countdown(props: { until: string; onOver?: () => void }): ReactElement {
  const { t } = useSharedWords();
  const now = useNow();
  const left = Math.max(0, Math.floor((Date.parse(props.until) - now) / 1000));
  const over = useRef(props.onOver);
  useEffect(() => {
    over.current = props.onOver;
  });
  useEffect(() => {
    if (left === 0) over.current?.();
  }, [left]);
  const two = (n: number): string => String(n).padStart(2, '0');
  const days = Math.floor(left / 86_400);
  const hours = Math.floor((left % 86_400) / 3600);
  const clock = `${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
  const text = hours > 0 || days > 0 ? `${two(hours)}:${clock}` : clock;
  if (left === 0) return <span className="countdown">{t('count.over')}</span>;
  return (
    <span className="countdown" role="timer">
      {days > 0 && `${t('count.days', { n: days })} `}
      {text}
    </span>
  );
}

/**
 * A native dialog; it is open as long as it is rendered. A browser of before 2022 that has none shows
 * it over the page by style (`.plain`), and keeps the focus inside by itself.
 */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}): ReactElement {
  const { t } = useSharedWords();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const gone = useRef(false);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    if (typeof element.showModal !== 'function') return openPlainly(element);
    if (!element.open) element.showModal();
    return () => {
      gone.current = true;
      element.close();
    };
  }, []);
  // The browser tells of closing later, when the next dialog may be open already.
  const closed = (): void => {
    if (!gone.current) props.onClose();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} aria-modal="true" onClose={closed} className="dialog">
      <header className="card-head">
        <h2 id={id}>{props.title}</h2>
        <Button look="quiet" onClick={props.onClose}>
          {t('common.close')}
        </Button>
      </header>
      {props.children}
      <AskedBack />
    </dialog>
  );
}

/** @returns how to give the page back. */
function openPlainly(element: HTMLElement): () => void {
  const before = document.activeElement;
  element.setAttribute('open', '');
  element.setAttribute('role', 'dialog');
  element.classList.add('plain');
  const stay = (event: FocusEvent): void => {
    if (event.target instanceof Node && !element.contains(event.target))
      element.querySelector<HTMLElement>('button')?.focus();
  };
  document.addEventListener('focusin', stay);
  element.querySelector<HTMLElement>('button')?.focus();
  return () => {
    document.removeEventListener('focusin', stay);
    if (before instanceof HTMLElement) before.focus();
  };
}

/** Names and values, side by side. */
export function Facts(props: { rows: readonly (readonly [string, ReactNode])[] }): ReactElement {
  return (
    <dl className="facts">
      {props.rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
