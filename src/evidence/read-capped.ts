/** The body of a reply, of which no more than `max` bytes are ever held. @throws RangeError beyond. */
export async function readCapped(reply: Response, max: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (reply.body)
    for await (const part of reply.body) {
      length += part.length;
      if (length > max) throw new RangeError(`a reply of more than ${max} bytes`);
      parts.push(part);
    }
  return Buffer.concat(parts);
}
