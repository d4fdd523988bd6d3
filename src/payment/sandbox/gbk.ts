let table: Map<string, Buffer> | undefined;

/** GBK bytes of a text, as Alipay writes its tables; what GBK lacks becomes a question mark. */
export function gbk(text: string): Buffer {
  table ??= gbkTable();
  const known = table;
  const question = Buffer.from('?');
  return Buffer.concat(
    Array.from(text, (sign) =>
      sign.charCodeAt(0) < 0x80 ? Buffer.from(sign) : (known.get(sign) ?? question),
    ),
  );
}

/** Node decodes GBK but does not encode it, so every pair of bytes is decoded once. */
function gbkTable(): Map<string, Buffer> {
  const decoder = new TextDecoder('gbk');
  const pairs = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const bytes = Buffer.from([lead, trail]);
      const sign = decoder.decode(bytes);
      if (sign.length === 1 && sign !== '\uFFFD') pairs.set(sign, bytes);
    }
  return pairs;
}
