import { shanghaiTime } from '../platform/clock.ts';
import { statusAt, type StepName } from './rules.ts';
import type { DayNumber } from './store-paper.ts';

/** What one line of paper says of a number; instants are the ones written down by hand. */
export type PaperLine = {
  /** The line of the file, for words about it. */
  line: number;
  slot_id: string;
  /** Set for who came without a booking: the number is booked for them first. */
  walk_in_patient_id: string | null;
  arrived_at: Date | null;
  called_at: Date | null;
  seen_at: Date | null;
  no_show: boolean;
};

/** The steps that happen at a desk, on paper as live. */
export type PaperStepName = Extract<StepName, 'checkIn' | 'call' | 'see' | 'attend' | 'noShow'>;
export type PlannedStep = { step: PaperStepName; true_at: Date | null };

/** The cell of the line that a refusal speaks of. */
export type PaperCell = 'sequence' | 'arrived' | 'called' | 'seen' | 'no_show' | 'walk_in_document';
type Planned = { steps: PlannedStep[] } | { cell: PaperCell; reason: string };

const refuse = (cell: PaperCell, reason: string): Planned => ({ cell, reason });

/** Whether the number can be given to who came without a booking, in words if not. */
export function refuseWalkIn(number: DayNumber): { cell: PaperCell; reason: string } | undefined {
  const cell = 'sequence';
  if (number.appointment_id !== null)
    return { cell, reason: '这个号在系统里已经给了别人，请核对序号；确属同号请另选一个空的现场号' };
  if (number.pool !== 'on_site')
    return { cell, reason: '这不是现场号，停机时只发空白表上的现场号；请核对序号' };
  if (number.state === 'unreleased')
    return { cell, reason: '这个现场号系统还没有放出，请过一分钟再提交' };
  if (number.state !== 'free') return { cell, reason: '这个号已停诊或作废，请核对序号' };
  return undefined;
}

/**
 * The steps that bring a visit from what the system knows to what the paper says. What the system
 * recorded before it stopped stands: a paper that says it again is asked about, not believed.
 */
export function planLine(line: PaperLine, number: DayNumber, now: Date): Planned {
  if (line.walk_in_patient_id !== null) {
    const refusal = refuseWalkIn(number);
    return refusal ?? fromBooked(line, number, now);
  }
  if (number.appointment_id === null || number.status === null)
    return refuse(
      'sequence',
      number.state === 'stopped'
        ? '这次出诊已停诊，没有可补录的预约'
        : '这个号现在没有预约（可能已退号）；现场来人请填现场姓名和证件号码',
    );
  const status = statusAt({ status: number.status, hold_until: number.hold_until }, now);
  switch (status) {
    case 'booked':
      return fromBooked(line, number, now);
    case 'checked_in':
      return fromCheckedIn(line, number);
    case 'called':
      return fromCalled(line, number);
    case 'fulfilled':
      return refuse('sequence', '系统里已登记为就诊完成，请删去这一行的时间');
    case 'noshow':
      return refuse('sequence', '系统里已登记为爽约，请先核对再处理');
    default:
      return refuse('sequence', '这个号还没有确认（占号），请先在窗口确认预约再补录');
  }
}

function fromBooked(line: PaperLine, number: DayNumber, now: Date): Planned {
  const { arrived_at, called_at, seen_at } = line;
  if (arrived_at === null) {
    if (called_at !== null) return refuse('arrived', '填了叫号时间，请同时填到诊时间');
    if (seen_at !== null) return { steps: [{ step: 'attend', true_at: seen_at }] };
    if (now < number.starts_at) return refuse('no_show', '这个号的就诊时间还没到，不能登记未到');
    return { steps: [{ step: 'noShow', true_at: null }] };
  }
  return follow(line, [{ step: 'checkIn', true_at: arrived_at }]);
}

function fromCheckedIn(line: PaperLine, number: DayNumber): Planned {
  const { checked_in_at } = number;
  const known = checked_in_at === null ? '' : `（${shanghaiTime(checked_in_at)}）`;
  if (line.arrived_at !== null)
    return refuse('arrived', `系统里停机前已签到${known}，请删去这一格的到诊时间`);
  if (line.called_at !== null && checked_in_at !== null && line.called_at < minute(checked_in_at))
    return refuse('called', `叫号时间早于系统里的签到时间${known}，请核对`);
  return follow(line, []);
}

function fromCalled(line: PaperLine, number: DayNumber): Planned {
  const known = number.called_at === null ? '' : `（${shanghaiTime(number.called_at)}）`;
  if (line.arrived_at !== null)
    return refuse('arrived', '系统里停机前已签到，请删去这一格的到诊时间');
  if (line.called_at !== null)
    return refuse('called', `系统里停机前已叫号${known}，请删去这一格的叫号时间`);
  if (line.seen_at !== null && number.called_at !== null && line.seen_at < minute(number.called_at))
    return refuse('seen', `就诊时间早于系统里的叫号时间${known}，请核对`);
  if (line.seen_at !== null) return { steps: [{ step: 'see', true_at: line.seen_at }] };
  return { steps: [{ step: 'noShow', true_at: null }] };
}

/** What comes after checking in. */
function follow(line: PaperLine, steps: PlannedStep[]): Planned {
  if (line.called_at !== null) steps.push({ step: 'call', true_at: line.called_at });
  else if (line.seen_at !== null)
    return refuse('called', '填了就诊时间，请同时填叫号时间（没有叫号就填进诊室的时间）');
  if (line.seen_at !== null) steps.push({ step: 'see', true_at: line.seen_at });
  if (line.no_show) steps.push({ step: 'noShow', true_at: null });
  return { steps };
}

/** Paper tells minutes; what happened within the same minute is not out of order. */
const minute = (at: Date): Date => new Date(Math.floor(at.getTime() / 60_000) * 60_000);
