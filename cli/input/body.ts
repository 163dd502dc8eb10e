import { InputError } from "./file";

/**
 * Reads an answer of AWS whose content somebody else may have written, e.g. an object of a bucket, up to a limit.
 *
 * @throws InputError when it has more.
 */
export async function readBody(body: unknown, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // In Node it is a stream always; the SDK's type names a browser's too. Left early, it is closed.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > most) throw new InputError(`it has more than ${most} bytes, which is the most that is read`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
