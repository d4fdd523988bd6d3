import { databaseError } from './db.ts';

/** Fields that never reach a log line, wherever they stand. Logs hold ids only. */
export const redacted = [
  'name',
  'phone',
  'document_number',
  'documentNumber',
  'password',
  'code',
  'secret',
  'nonce',
  'cookie',
  'authorization',
];

type LoggedError = { type: string; message: string; stack: string };

/**
 * What the log keeps of an error. The message of a database error can quote a value somebody typed,
 * so only its code and constraint are kept, and of every error the places in the code.
 */
export function loggedError(error: unknown): LoggedError {
  const known = databaseError(error);
  if (known)
    return { type: 'database', message: `${known.code} ${known.constraint ?? ''}`, stack: '' };
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' };
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, message: error.message, stack: places.slice(0, 12).join('\n') };
}

/** Options of the structured log (pino), with the redaction list that its test holds. */
export function loggerOptions(level: string): {
  level: string;
  serializers: { err: typeof loggedError };
  redact: { paths: string[]; censor: string };
} {
  return {
    level,
    serializers: { err: loggedError },
    redact: {
      paths: redacted.flatMap((field) => [
        field,
        `*.${field}`,
        `*.*.${field}`,
        `req.headers.${field}`,
      ]),
      censor: '[redacted]',
    },
  };
}
