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

/** Options of the structured log (pino), with the redaction list that its test holds. */
export function loggerOptions(level: string): {
  level: string;
  redact: { paths: string[]; censor: string };
} {
  return {
    level,
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
