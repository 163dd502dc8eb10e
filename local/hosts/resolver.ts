import { createSocket } from "node:dgram";

const TYPE_A = 1;
const CLASS_IN = 1;

/** Bytes of a header of DNS, before its questions. */
const HEADER = 12;

/** Answers questions of DNS for IPv4 addresses. @see https://www.rfc-editor.org/rfc/rfc1035#section-4 */
export async function startResolver(
  address: string,
  find: (name: string) => Promise<string | undefined>,
): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("message", async (question, from) => {
    const answer = await answerTo(question, find).catch(() => undefined);
    if (answer) socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(53, address, resolve);
  });
}

/**
 * The answer to one question: its address, no address of that type, or no such name.
 *
 * @returns undefined for what is no question.
 */
export async function answerTo(
  question: Buffer,
  find: (name: string) => Promise<string | undefined>,
): Promise<Buffer | undefined> {
  if (
    question.length < HEADER ||
    question.readUInt16BE(4) !== 1 ||
    (question.readUInt16BE(2) & 0x8000) !== 0
  ) {
    return undefined;
  }
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = question[at];
    if (length === undefined || length > 63 || at + length >= question.length) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(question.toString("latin1", at, at + length));
    at += length;
  }
  if (at + 4 > question.length) return undefined;
  const [type, kind] = [question.readUInt16BE(at), question.readUInt16BE(at + 2)];
  const found = await find(labels.join(".").toLowerCase());
  const isAnswered = found !== undefined && type === TYPE_A && kind === CLASS_IN;
  const header = Buffer.alloc(HEADER);
  question.copy(header, 0, 0, 2);
  // An answer, recursion as wanted and available, and the code 3 for a name that is not known.
  header.writeUInt16BE(0x8080 | (question.readUInt16BE(2) & 0x0100) | (found === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAnswered ? 1 : 0, 6);
  const asked = question.subarray(HEADER, at + 4);
  if (!isAnswered) return Buffer.concat([header, asked]);
  const record = Buffer.from([
    0xc0,
    HEADER,
    0,
    TYPE_A,
    0,
    CLASS_IN,
    0,
    0,
    0,
    5,
    0,
    4,
    ...found.split(".").map(Number),
  ]);
  return Buffer.concat([header, asked, record]);
}
