import { useEffect, useState } from 'react';
import { api, ApiProblem, post } from '../shared/api.ts';
import { serverNow } from '../shared/hooks.ts';

export type GateRoom = {
  room_id: string;
  opens_at: string;
  state: 'announced' | 'open' | 'closed';
  pass_needed: boolean;
};

/** How far the queue has come; the same for everybody, so a page computes its own place from it. */
export type Watermark = {
  room_id: string;
  opens_at: string;
  state: GateRoom['state'];
  early_count: number;
  per_second: number;
  lanes: { lane: string; early_up_to: string; late_up_to: number }[];
};

export type GateTicket = {
  room_id: string;
  patient_id: string;
  ticket: string;
  kind: 'early' | 'late';
  value: string;
  lane: 'normal' | 'slow';
  extra_s: number;
  case_id: string | null;
};

type Kept = GateTicket & { kept_at: number; pass?: string; pass_until?: string };

const STORE = 'zh.gate';
const DAY_MS = 86_400_000;
/** Where storage is closed to us the page itself remembers, as long as it is open. */
let memory: Kept[] = [];
/** Which queue stands before which session, as this page has heard. */
const roomOfSession = new Map<string, string>();

function readAll(): Kept[] {
  try {
    memory = JSON.parse(localStorage.getItem(STORE) ?? '[]') as Kept[];
  } catch {
    // what the page remembers, then
  }
  return memory.filter(({ kept_at }) => serverNow() - kept_at < DAY_MS);
}

function keep(one: Kept): void {
  const others = readAll().filter(
    ({ room_id, patient_id }) => room_id !== one.room_id || patient_id !== one.patient_id,
  );
  memory = [...others, one];
  try {
    localStorage.setItem(STORE, JSON.stringify(memory));
  } catch {
    // not beyond a reload, then; drawing again finds the same place
  }
}

/** The ticket for a patient in a room; without a patient, whichever there is. */
export function keptTicket(room_id: string, patient_id: string | null): Kept | undefined {
  return readAll().find(
    (one) => one.room_id === room_id && (patient_id === null || one.patient_id === patient_id),
  );
}

const hasPass = (one: Kept | undefined): boolean =>
  one?.pass !== undefined && Date.parse(one.pass_until ?? '') > serverNow();

/** When the pass of a ticket ends; null without one. */
export function passUntil(one: GateTicket | undefined): string | null {
  const kept = one && keptTicket(one.room_id, one.patient_id);
  return hasPass(kept) ? (kept?.pass_until ?? null) : null;
}

/** The header that lets a booking through the gate, if the person's turn has come. */
export function passHeader(hold: {
  session_id: string;
  patient_id: string;
}): Record<string, string> {
  const room_id = roomOfSession.get(hold.session_id);
  const kept = room_id === undefined ? undefined : keptTicket(room_id, hold.patient_id);
  return hasPass(kept) ? { 'x-gate-pass': kept?.pass ?? '' } : {};
}

export async function loadRoom(session_id: string): Promise<GateRoom | null> {
  const { room } = await api<{ room: GateRoom | null }>(`/api/gate/rooms?session_id=${session_id}`);
  if (room) roomOfSession.set(session_id, room.room_id);
  return room;
}

/** Draws a place, or gets the one the patient has. */
export async function drawTicket(room_id: string, patient_id: string): Promise<GateTicket> {
  const old = keptTicket(room_id, patient_id);
  const body = { patient_id, ...(old ? { ticket: old.ticket } : {}) };
  const ticket = await post<GateTicket>(`/api/gate/rooms/${room_id}/tickets`, body);
  keep({ ...ticket, kept_at: serverNow() });
  return ticket;
}

/** Asks for the pass of a ticket whose turn came. @returns whether there is one now. */
export async function fetchPass(ticket: GateTicket): Promise<boolean> {
  const ask = (text: string) =>
    post<{ pass: string; expires_at: string }>(`/api/gate/rooms/${ticket.room_id}/pass`, {
      ticket: text,
    });
  try {
    const given = await ask(ticket.ticket).catch(async (error: unknown) => {
      if (!(error instanceof ApiProblem) || error.code !== 'gate/ticket-refused') throw error;
      // This browser has another key than the one that drew: the same place is bound to it anew.
      return ask((await drawTicket(ticket.room_id, ticket.patient_id)).ticket);
    });
    const kept = keptTicket(ticket.room_id, ticket.patient_id);
    keep({ ...(kept ?? { ...ticket, kept_at: serverNow() }), pass: given.pass, pass_until: given.expires_at }); // prettier-ignore
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'gate/not-yet') return false;
    throw error;
  }
}

export type Place = { ahead: number; total: number; due: boolean; seconds: number | null };

/** One's own place by a watermark: who is before, and about how long that takes. */
export function placeOf(ticket: GateTicket, mark: Watermark): Place {
  const lane = mark.lanes.find((one) => one.lane === ticket.lane) ?? mark.lanes[0];
  if (!lane) return { ahead: 0, total: 0, due: false, seconds: null };
  const part = (value: string): number => Number.parseInt(value.slice(0, 13), 16) / 2 ** 52;
  const isAllIn = lane.early_up_to === 'f'.repeat(16);
  const early = isAllIn ? 0 : (1 - part(lane.early_up_to)) * mark.early_count;
  const isEarly = ticket.kind === 'early';
  const ahead = isEarly
    ? (part(ticket.value) - part(lane.early_up_to)) * mark.early_count
    : early + Number(ticket.value) - lane.late_up_to - 1;
  const passed = isEarly
    ? isAllIn || ticket.value < lane.early_up_to
    : Number(ticket.value) <= lane.late_up_to;
  const isOpen = mark.state === 'open';
  return {
    ahead: Math.max(0, Math.ceil(ahead)),
    total: mark.early_count,
    due: isOpen && passed,
    seconds: mark.per_second > 0 ? Math.ceil(Math.max(0, ahead) / mark.per_second) : null,
  };
}

const POLL_MS = 2000;

/** The watermark as it moves: pushed, or asked for every two seconds where pushing does not work. */
export function useWatermark(room_id: string | null): Watermark | undefined {
  const [mark, setMark] = useState<Watermark>();
  useEffect(() => {
    if (room_id === null) return undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    const poll = (): void => {
      api<Watermark>(`/api/gate/rooms/${room_id}/watermark`).then(setMark, () => undefined);
    };
    const pollFromNow = (): void => {
      poll();
      timer ??= setInterval(poll, POLL_MS);
    };
    if (typeof EventSource === 'undefined') {
      pollFromNow();
      return () => clearInterval(timer);
    }
    const source = new EventSource(`/api/gate/rooms/${room_id}/stream`);
    source.addEventListener('message', ({ data }) => {
      clearInterval(timer);
      timer = undefined;
      setMark(JSON.parse(data as string) as Watermark);
    });
    source.addEventListener('error', pollFromNow);
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [room_id]);
  return mark?.room_id === room_id ? mark : undefined;
}
