import { useEffect, useRef, useState, type ReactElement } from 'react';
import { ApiProblem } from '../shared/api.ts';
import { useDisplay } from '../shared/display.ts';
import { hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, ProblemNotice } from '../shared/ui.tsx';
import {
  drawTicket,
  fetchPass,
  keptTicket,
  loadRoom,
  passUntil,
  placeOf,
  useWatermark,
  type GateRoom,
  type GateTicket,
  type Watermark,
} from './gate.ts';
import { GateSlow } from './gate-slow.tsx';
import { workAhead } from './hold.ts';
import { usePatientWords } from './words.ts';

const ROOM_MS = 15_000;

/**
 * The queue in front of a session's release: draw a place, see it move, be let in. Shows nothing when
 * nobody queues. `asked` is true when the server sent the person here.
 */
export function GateQueue(props: {
  sessionId: string;
  patient: string | null;
  asked?: boolean;
  onTurn: () => void;
}): ReactElement | null {
  const { sessionId, asked = false } = props;
  const loaded = useLoad(
    `gate/${sessionId}/${asked}`,
    async () => ({ room: await loadRoom(sessionId) }),
    ROOM_MS,
  );
  const room = loaded.data?.room;
  if (!room) return null;
  const has = keptTicket(room.room_id, props.patient) !== undefined;
  if (!has && room.state !== 'announced' && !room.pass_needed) return null;
  const { patient, onTurn } = props;
  return (
    <Queue key={patient} sessionId={sessionId} room={room} patient={patient} onTurn={onTurn} />
  );
}

function Queue(props: {
  sessionId: string;
  room: GateRoom;
  patient: string | null;
  onTurn: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { room, patient } = props;
  const [ticket, setTicket] = useState<GateTicket | undefined>(() =>
    keptTicket(room.room_id, patient),
  );
  const draw = useAction(async () => {
    setTicket(await drawTicket(room.room_id, patient ?? ''));
  });
  const lead =
    room.state === 'announced' ? t('gate.before', { time: mdHm(room.opens_at) }) : t('gate.needed');
  return (
    <div className="gate">
      <Card title={t('gate.title')}>
        {ticket ? (
          <Waiting ticket={ticket} sessionId={props.sessionId} onTurn={props.onTurn} />
        ) : (
          <>
            <p>{lead}</p>
            {patient === null && <p className="small">{t('gate.choose-patient')}</p>}
            <Button
              wide
              busy={draw.busy}
              disabled={patient === null}
              onClick={() => void draw.run()}
            >
              {t('gate.draw')}
            </Button>
            <p className="small">{t('gate.keep')}</p>
          </>
        )}
        <ProblemNotice problem={draw.problem} />
      </Card>
    </div>
  );
}

/** A place in line; asks for the pass by itself when the turn comes. */
function Waiting(props: {
  ticket: GateTicket;
  sessionId: string;
  onTurn: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { elder } = useDisplay();
  const { ticket, sessionId, onTurn } = props;
  const mark = useWatermark(ticket.room_id);
  useEffect(() => {
    // 长辈版 is asked for no work.
    if (!elder) workAhead({ session_id: sessionId, patient_id: ticket.patient_id });
  }, [elder, sessionId, ticket.patient_id]);
  const { until, over } = useTurn(ticket, mark, onTurn);
  if (over)
    return (
      <p role="status" className="strong">
        {t('gate.over')}
      </p>
    );
  if (until !== null)
    return (
      <p role="status" className="strong">
        {t('gate.turn', { time: hm(until) })}
      </p>
    );
  return (
    <>
      <p role="status">{t('gate.waiting')}</p>
      {mark && <PlaceText ticket={ticket} mark={mark} />}
      <p>{t('gate.keep')}</p>
      {ticket.lane === 'slow' && <GateSlow ticket={ticket} />}
    </>
  );
}

function useTurn(
  ticket: GateTicket,
  mark: Watermark | undefined,
  onTurn: () => void,
): { until: string | null; over: boolean } {
  const [until, setUntil] = useState(() => passUntil(ticket));
  const [over, setOver] = useState(false);
  const asking = useRef(false);
  const opened = useRef(false);
  const due = mark !== undefined && placeOf(ticket, mark).due;
  useEffect(() => {
    // At opening the page behind the queue has something to choose from.
    if (mark?.state === 'open' && !opened.current) {
      opened.current = true;
      onTurn();
    }
    if (!due || until !== null || over || asking.current) return;
    asking.current = true;
    fetchPass(ticket)
      .then(
        (given) => {
          if (!given) return;
          setUntil(passUntil(ticket));
          onTurn();
        },
        (error: unknown) => {
          if (error instanceof ApiProblem && error.code === 'gate/room-unknown') setOver(true);
        },
      )
      .finally(() => {
        asking.current = false;
      });
  }, [due, mark, ticket, until, over, onTurn]);
  return { until, over };
}

function PlaceText({ ticket, mark }: { ticket: GateTicket; mark: Watermark }): ReactElement {
  const { t } = usePatientWords();
  const { ahead, total, seconds } = placeOf(ticket, mark);
  if (mark.state === 'announced') {
    const n = Math.min(ahead + 1, Math.max(total, 1));
    const words = { n, total: Math.max(total, 1), time: hm(mark.opens_at) };
    return <p className="gate-place">{t('gate.place-before', words)}</p>;
  }
  const wait =
    seconds === null
      ? null
      : seconds < 60
        ? t('gate.seconds', { n: Math.max(1, seconds) })
        : t('gate.minutes', { n: Math.ceil(seconds / 60) });
  return (
    <>
      <p className="gate-place">{ahead === 0 ? t('gate.first') : t('gate.place', { n: ahead })}</p>
      {wait !== null && ahead > 0 && <p className="small">{t('gate.wait', { time: wait })}</p>}
    </>
  );
}
