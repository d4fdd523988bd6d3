import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import type { DrawSession, Receipt, Visit } from '../shared/types.ts';
import { Button, Facts, Spinner } from '../shared/ui.tsx';
import { focusButton } from './focus.ts';
import { useStaff } from './staff-context.tsx';
import type { Channel, Wildcard, WindowPatient } from './types.ts';
import { useConsoleWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

/** What a person who registered in a draw takes away. */
export type EntrySlip = {
  kind: 'entry';
  code: string;
  wanted: DrawSession[];
  wildcard: Wildcard | null;
  notice_days: number;
  channel: Channel;
  short_code: string;
  secret: string;
  receipt: Receipt;
  result_at: string;
  confirm_until: string;
};

/** What a person with a standing wish takes away. */
export type WishSlip = {
  kind: 'wish';
  department: string;
  services: string[];
  any_service: boolean;
  from_date: string;
  to_date: string;
  notice_days: number;
  channel: Channel;
  wish_id: string;
  secret: string;
};

export type PrintedSlip = { kind: 'visit'; visit: Visit } | EntrySlip | WishSlip;

/** What the person takes away on paper: one A5 page in large type. */
export function Slip(props: {
  slip: PrintedSlip;
  patient: WindowPatient;
  /** Taking the money for it, where the clerk may. */
  onPay?: (() => void) | null;
  onClose: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const { slip, patient } = props;
  const byPhone = slip.kind !== 'visit' && slip.channel === 'phone';
  return (
    <section className={`slip ${slip.kind}`} aria-label={t('slip.title')}>
      <header>
        <p className="small">{hospital?.name}</p>
        <h3>
          {t(`slip.${slip.kind}`)}
          {byPhone && <span className="small">（{t('slip.by-phone')}）</span>}
        </h3>
        <p>
          {patient.name_masked} <span className="mono">{patient.document_masked}</span>
        </p>
      </header>
      {slip.kind === 'visit' && <VisitPart visit={slip.visit} />}
      {slip.kind === 'entry' && <EntryPart slip={slip} />}
      {slip.kind === 'wish' && <WishPart slip={slip} />}
      <div className="row no-print" ref={focusButton}>
        <Button onClick={() => window.print()}>{t('slip.print')}</Button>
        {props.onPay && slip.kind === 'visit' && (
          <Button look="secondary" onClick={props.onPay}>
            {t('window.money')}
          </Button>
        )}
        <Button look="quiet" onClick={props.onClose}>
          {t('common.close')}
        </Button>
      </div>
    </section>
  );
}

function VisitPart({ visit }: { visit: Visit }): ReactElement {
  const { t, lang } = useConsoleWords();
  return (
    <>
      <Facts
        rows={[
          [t('slip.sequence'), t('slip.number', { n: visit.sequence })],
          [
            t('slip.time'),
            `${dayText(visit.service_date, lang)} ${t(`period.${visit.period}`)} ${span(visit.starts_at, visit.ends_at)}`,
          ],
          [t('slip.place'), `${visit.campus_name} · ${visit.department_name} · ${visit.room}`],
          [t('slip.clinic'), visit.practitioner_name ?? visit.service_name],
          [t('slip.fee'), yuan(visit.fee_fen)],
          ...(visit.cancel_until ? [[t('slip.cancel'), mdHm(visit.cancel_until)] as const] : []),
        ]}
      />
      <p className="small">{t('slip.person')}</p>
    </>
  );
}

const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

/** 11月24日 周二 12:15. */
function useMoment(): (iso: string) => string {
  const { lang } = useConsoleWords();
  return (iso) => {
    const day = new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 10);
    return `${dayText(day, lang)} ${mdHm(iso).slice(-5)}`;
  };
}

function EntryPart({ slip }: { slip: EntrySlip }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { hospital } = useStaff();
  const moment = useMoment();
  return (
    <>
      <Block title={t('slip.wanted')}>
        <ol className={slip.wanted.length > 4 ? 'wanted many' : 'wanted'}>
          {slip.wanted.map((session, at) => (
            <li key={session.session_id}>
              {at + 1}. {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
              {session.practitioner_name ?? session.service_name}
            </li>
          ))}
        </ol>
        <p className="small">
          {slip.wildcard && `${t(`slip.wildcard.${slip.wildcard}`)} · `}
          {t('slip.notice', { n: slip.notice_days })} · {slip.code}
        </p>
      </Block>
      <Block title={t('slip.result')}>
        <p className="moment">{moment(slip.result_at)}</p>
        <p className="small">{t('slip.learn-text')}</p>
      </Block>
      <Block title={t('slip.confirm')}>
        <p>
          {t('slip.confirm-text', {
            time: moment(slip.confirm_until),
            phone: hospital?.phone ?? '',
          })}
        </p>
      </Block>
      <Block title={t('slip.lost')}>
        <p>{t('slip.lost-text')}</p>
      </Block>
      <p className="fair">{t('slip.fair')}</p>
      <Codes
        codes={[
          {
            text: JSON.stringify(slip.receipt),
            label: t('slip.qr-receipt'),
            below: (
              <>
                {t('slip.short')} <span className="mono">{inFours(slip.short_code)}</span>
              </>
            ),
          },
          { text: slip.secret, label: t('slip.qr-withdraw'), below: t('slip.withdraw-how') },
        ]}
      />
      <p className="secret">
        {t('slip.withdraw')}：<span className="mono">{inFours(slip.secret)}</span>
      </p>
    </>
  );
}

function WishPart({ slip }: { slip: WishSlip }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const moment = useMoment();
  const { from_date, to_date, wish_id, secret } = slip;
  const names = [...slip.services, ...(slip.any_service ? [t('wish.any-service')] : [])];
  return (
    <>
      <Block title={t('slip.wanted-wish')}>
        <p className="moment">{slip.department}</p>
        <p>{names.join('、')}</p>
        <p className="small">
          {t('slip.notice', { n: slip.notice_days })} ·{' '}
          {t('slip.made', { time: moment(new Date(serverNow()).toISOString()) })}
        </p>
      </Block>
      <Block title={t('slip.valid')}>
        <p>{t('slip.valid-text', { from: from_date, to: to_date })}</p>
      </Block>
      <Block title={t('slip.result')}>
        <p>{t('slip.wish-result')}</p>
        <p className="small">{t('slip.learn-wish')}</p>
      </Block>
      <Block title={t('slip.confirm')}>
        <p>{t('slip.wish-confirm', { phone: hospital?.phone ?? '' })}</p>
      </Block>
      <p className="fair">{t('slip.fair')}</p>
      <Codes
        codes={[
          {
            text: JSON.stringify({ wish_id, secret }),
            label: t('slip.qr-wish'),
            below: t('slip.wish-withdraw'),
          },
        ]}
      />
      <p className="secret">
        {t('slip.wish-number')} <span className="mono">{wish_id}</span>
        <br />
        {t('slip.wish-secret')}：<span className="mono">{inFours(secret)}</span>
      </p>
    </>
  );
}

function Block(props: { title: string; children: ReactNode }): ReactElement {
  return (
    <div className="block-part">
      <h4>{props.title}</h4>
      {props.children}
    </div>
  );
}

function Codes(props: {
  codes: readonly { text: string; label: string; below: ReactNode }[];
}): ReactElement {
  return (
    <div className="codes">
      {props.codes.map(({ text, label, below }) => (
        <figure key={label}>
          <Suspense fallback={<Spinner />}>
            <QrCode text={text} label={label} />
          </Suspense>
          <figcaption>
            <span className="strong">{label}</span>
            <br />
            {below}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}
