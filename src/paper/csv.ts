/** What a spreadsheet would run as a formula is kept as text. */
const dangerous = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const plain = dangerous.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A CSV by RFC 4180 (CRLF, quotes doubled), UTF-8 with BOM, by which spreadsheets know it. */
export function writeCsv(rows: readonly (readonly string[])[]): Buffer {
  const lines = rows.map((row) => `${row.map(cell).join(',')}\r\n`);
  return Buffer.from(`\ufeff${lines.join('')}`);
}
