import { useEffect, useState, type ReactElement } from 'react';
import { api, ApiProblem, post } from '../shared/api.ts';
import { setServerTime, useAction, useLoad } from '../shared/hooks.ts';
import { useWords } from '../shared/i18n.tsx';
import type { HospitalDetail, Info } from '../shared/types.ts';
import { AskedBack, Button, Dialog, Field, Notice, ProblemNotice, Spinner } from '../shared/ui.tsx';
import { HereContext, write, type Here, type Terminal, type Turn, type View } from './here.ts';
import { useIdle } from './idle.ts';
import { Menu } from './menu.tsx';
import { Mine } from './mine.tsx';
import { Pay } from './pay.tsx';
import { Start } from './start.tsx';
import { Take } from './take.tsx';
import { Ticket } from './ticket.tsx';
import { useKioskWords } from './words.ts';

/** The machine in the hall: switched on once, then one person after another. */
export function App(): ReactElement {
  const info = useLoad('info', () => api<Info>('/api/info'), 60_000);
  const terminal = useLoad('terminal', () => api<Terminal>('/api/kiosk/terminal'), 60_000);
  const now = info.data?.now;
  useEffect(() => {
    if (now !== undefined) setServerTime(now);
  }, [now]);
  const { data: known, problem, reload } = terminal;
  const off = problem?.status === 401;
  return (
    <>
      <Header place={known} demo={info.data?.demo === true} />
      <main id="main">
        {off ? (
          <Pairing onPaired={reload} />
        ) : known ? (
          <Machine terminal={known} again={reload} />
        ) : problem ? (
          <ProblemNotice problem={problem} retry={reload} />
        ) : (
          <Spinner />
        )}
      </main>
      <AskedBack />
      <Foot />
    </>
  );
}

function Header(props: { place: Terminal | undefined; demo: boolean }): ReactElement {
  const { t, lang, setLang } = useKioskWords();
  return (
    <header className="kiosk-top">
      <span className="seal" aria-hidden="true">
        正
      </span>
      <div className="grow">
        <p className="strong">{t('kiosk.title')}</p>
        {props.place && <p className="small">{props.place.place}</p>}
      </div>
      {props.demo && <span className="chip">{t('demo.chip')}</span>}
      <Button look="secondary" onClick={() => setLang(lang === 'en' ? 'zh-CN' : 'en')}>
        {t('lang.switch')}
      </Button>
    </header>
  );
}

function Foot(): ReactElement {
  const { t } = useKioskWords();
  return (
    <footer className="kiosk-foot">
      <p>{t('kiosk.help')}</p>
    </footer>
  );
}

function Pairing(props: { onPaired: () => void }): ReactElement {
  const { t } = useKioskWords();
  const [pairing_code, setCode] = useState('');
  const pair = useAction(async (key) => {
    await post('/api/kiosk/pair', { pairing_code }, key);
    props.onPaired();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void pair.run();
      }}
    >
      <h1>{t('kiosk.pair')}</h1>
      <Notice tone="warn">{t('kiosk.off')}</Notice>
      <p>{t('kiosk.pair-text')}</p>
      <Field
        label={t('kiosk.pair-code')}
        control={(ties) => (
          <input
            {...ties}
            inputMode="numeric"
            autoComplete="off"
            value={pairing_code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={pair.problem} />
      <Button
        type="submit"
        busy={pair.busy}
        disabled={pairing_code.replaceAll(/\D/g, '').length !== 12}
      >
        {t('kiosk.pair-do')}
      </Button>
    </form>
  );
}

/** One person after another; what one did is gone with their turn. */
function Machine(props: { terminal: Terminal; again: () => void }): ReactElement {
  const { terminal } = props;
  const { setLang } = useWords();
  const [turn, setTurn] = useState<Turn | null>(null);
  const [view, go] = useState<View>({ at: 'menu' });
  const path = `/api/hospitals/${terminal.hospital_id}`;
  const hospital = useLoad(path, () => api<HospitalDetail>(path));
  const start = (): void => {
    setTurn(null);
    go({ at: 'menu' });
    setLang('zh-CN');
    window.scrollTo(0, 0);
    props.again();
  };
  const end = (idle: boolean): void => {
    start();
    // The page has forgotten already; a machine without network ends the turn by itself.
    void post('/api/kiosk/leave', { idle }).catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
    });
  };
  const idle = useIdle(
    turn && { warning_s: terminal.idle_warning_seconds, answer_s: terminal.idle_answer_seconds },
    () => end(true),
  );
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [view]);
  if (!turn) return <Start hospital={hospital.data} onTurn={setTurn} />;
  const here: Here = {
    ...{ terminal, turn, setTurn, go },
    hospital: hospital.data,
    leave: () => end(false),
    over: start,
  };
  const keep = (): void => {
    idle.keep();
    void write(here, '/keep').catch(() => undefined);
  };
  return (
    <HereContext value={here}>
      {view.at === 'menu' && <Menu />}
      {view.at === 'take' && <Take />}
      {view.at === 'mine' && <Mine />}
      {view.at === 'pay' && <Pay visit={view.visit} />}
      {view.at === 'ticket' && <Ticket printed={view.printed} />}
      {idle.left !== null && <StillThere left={idle.left} keep={keep} leave={() => end(false)} />}
    </HereContext>
  );
}

function StillThere(props: { left: number; keep: () => void; leave: () => void }): ReactElement {
  const { t } = useKioskWords();
  return (
    <Dialog title={t('kiosk.idle-title')} onClose={props.keep}>
      <p role="timer">{t('kiosk.idle-text', { n: props.left })}</p>
      <Button wide onClick={props.keep}>
        {t('kiosk.idle-keep')}
      </Button>
      <Button wide look="secondary" onClick={props.leave}>
        {t('kiosk.idle-leave')}
      </Button>
    </Dialog>
  );
}
