import { open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import yauzl from 'yauzl';
import { ReplayError } from './errors.ts';

/** Why a row of the file cannot be an appointment; the first that applies. */
export type Rejection = 'patient_id' | 'booked_after' | 'age';

/** An appointment of the file. Dates and times are wall time as written; no zone is converted. */
export type Appointment = {
  /** Its place in the file, from 0. */
  row: number;
  patient: string;
  sex: 'male' | 'female';
  clinic: string;
  /** YYYY-MM-DD of the visit. */
  day: string;
  /** YYYY-MM-DD and HH:mm:ss of the booking. */
  booked_day: string;
  booked_time: string;
  is_no_show: boolean;
  /** In whole years at the visit. */
  age: number;
};

export type AppointmentFile = {
  rows: number;
  /** In order of booking; bookings of one second in the file's order. */
  appointments: Appointment[];
  rejected: Record<Rejection, number>;
};

const columns = ['PatientId', 'ScheduledDay', 'AppointmentDay', 'Age', 'Neighbourhood', 'No-show'];

/**
 * Reads a CSV file, or the first CSV file of a zip, as a stream.
 * @throws ReplayError when a column is missing or a date cannot be read.
 */
export async function readAppointments(file: string): Promise<AppointmentFile> {
  const { stream, close } = (await isZip(file))
    ? await openZipped(file)
    : { stream: createReadStream(file), close: () => undefined };
  try {
    const read = await readRows(stream);
    read.appointments.sort(
      (a, b) => compare(a.booked_day, b.booked_day) || compare(a.booked_time, b.booked_time),
    );
    return read;
  } finally {
    close();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32LE() === 0x04034b50;
  } finally {
    await handle.close();
  }
}

async function openZipped(file: string): Promise<{ stream: Readable; close(): void }> {
  const zip = await yauzl.openPromise(file);
  for await (const entry of zip.eachEntry())
    if (entry.fileName.toLowerCase().endsWith('.csv'))
      return { stream: await zip.openReadStreamPromise(entry), close: () => zip.close() };
  throw new ReplayError(`${file} holds no .csv file.`);
}

async function readRows(stream: Readable): Promise<AppointmentFile> {
  const rejected = { patient_id: 0, booked_after: 0, age: 0 };
  const appointments: Appointment[] = [];
  let rows = 0;
  const parser = parse({ bom: true, columns: checkedHeader, skip_empty_lines: true });
  stream.on('error', (error) => parser.destroy(error));
  for await (const record of stream.pipe(parser) as AsyncIterable<Record<string, string>>) {
    const read = readRow(record, rows++);
    if (typeof read === 'string') rejected[read]++;
    else appointments.push(read);
  }
  return { rows, appointments, rejected };
}

function checkedHeader(header: string[]): string[] {
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new ReplayError(`The file has no column ${missing.join(', ')}; is it the right one?`);
  return header;
}

const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})/;

function readRow(record: Record<string, string>, row: number): Appointment | Rejection {
  const field = (name: string): string => record[name] ?? '';
  const booked = written.exec(field('ScheduledDay'));
  const visit = written.exec(field('AppointmentDay'));
  if (!booked || !visit)
    throw new ReplayError(`Row ${row + 1} has no readable ScheduledDay or AppointmentDay.`);
  const [, booked_day = '', booked_time = ''] = booked;
  const [, day = ''] = visit;
  const patient = field('PatientId');
  if (!/^\d+$/.test(patient)) return 'patient_id';
  if (booked_day > day) return 'booked_after';
  if (Number(field('Age')) < 0) return 'age';
  return {
    row,
    patient,
    sex: field('Gender') === 'M' ? 'male' : 'female',
    clinic: field('Neighbourhood'),
    day,
    booked_day,
    booked_time,
    is_no_show: field('No-show') === 'Yes',
    age: Number(field('Age')),
  };
}
