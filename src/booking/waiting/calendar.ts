import type { VisitGuide } from './guide.ts';

const line_octets = 75;

/** A content line folded as RFC 5545 asks: at most 75 octets a line, never within a character. */
export function fold(line: string): string {
  const lines: string[] = [];
  let part = '';
  let size = 0;
  for (const character of line) {
    const octets = Buffer.byteLength(character);
    if (size + octets > line_octets) {
      lines.push(part);
      part = ' ';
      size = 1;
    }
    part += character;
    size += octets;
  }
  return [...lines, part].join('\r\n');
}

const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replaceAll('\n', '\\n');

const utc = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** The wall time in Asia/Shanghai, as a local time with TZID. */
const local = (iso: string): string =>
  utc(new Date(Date.parse(iso) + 8 * 3_600_000)).replace('Z', '');

/** China has had one zone without summer time since 1991. */
const zone = [
  'BEGIN:VTIMEZONE',
  'TZID:Asia/Shanghai',
  'BEGIN:STANDARD',
  'DTSTART:19910915T000000',
  'TZOFFSETFROM:+0900',
  'TZOFFSETTO:+0800',
  'TZNAME:CST',
  'END:STANDARD',
  'END:VTIMEZONE',
];

const gone: readonly string[] = ['cancelled', 'lapsed', 'stopped', 'void'];

const alarm = (trigger: string, text: string): string[] => [
  'BEGIN:VALARM',
  'ACTION:DISPLAY',
  `TRIGGER:${trigger}`,
  `DESCRIPTION:${escape(text)}`,
  'END:VALARM',
];

/**
 * A visit as a calendar entry (RFC 5545) with two reminders. Calendars are shared with families and
 * firms: neither department, doctor nor patient is named, of a sensitive clinic not the hospital either.
 */
export function calendarOf(guide: VisitGuide, at: Date): string {
  const { visit, sensitive } = guide;
  const title = sensitive ? '预约提醒' : `就诊：${visit.hospital_name} ${visit.campus_name}`;
  const text = sensitive
    ? '请带身份证件按时到达。详情请登录正号查看。'
    : `请带就诊人的身份证件，按时到${visit.campus_name}签到。科室和诊室请登录正号查看。医院电话 ${guide.hospital_phone}`;
  const isGone = gone.includes(visit.status);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Zhenghao//Visits//ZH',
    'CALSCALE:GREGORIAN',
    `METHOD:${isGone ? 'CANCEL' : 'PUBLISH'}`,
    ...zone,
    'BEGIN:VEVENT',
    `UID:${visit.appointment_id}@zhenghao`,
    `DTSTAMP:${utc(at)}`,
    // A later file replaces an earlier one: minutes since the epoch grow with every download.
    `SEQUENCE:${Math.floor(at.getTime() / 60_000)}`,
    `DTSTART;TZID=Asia/Shanghai:${local(visit.starts_at)}`,
    `DTEND;TZID=Asia/Shanghai:${local(visit.ends_at)}`,
    `SUMMARY:${escape(title)}`,
    `DESCRIPTION:${escape(text)}`,
    ...(sensitive
      ? []
      : [`LOCATION:${escape(`${visit.hospital_name} ${visit.campus_name} ${guide.campus_address}`.trim())}`]), // prettier-ignore
    'CLASS:PRIVATE',
    `STATUS:${isGone ? 'CANCELLED' : 'CONFIRMED'}`,
    ...(isGone ? [] : [...alarm('-P1D', title), ...alarm('-PT2H', title)]),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}
