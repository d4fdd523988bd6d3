/**
 * `1500` from `15.00`, `15.0` or `15`; negative amounts keep their sign. Text only: a float would
 * lose fen.
 * @throws RangeError for anything that is not an amount of whole fen.
 */
export function fenOfYuan(yuan: string): number {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(yuan.trim());
  if (!match) throw new RangeError('not an amount in yuan');
  const [, sign = '', whole = '', part = ''] = match;
  const fen = Number(whole + part.padEnd(2, '0'));
  return sign && fen > 0 ? -fen : fen;
}

/** `15.00` from `1500`. @throws RangeError when it is not whole fen. */
export function yuanOfFen(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError('not whole fen');
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
