/** Fields of `GetProviderSchema.Response` that map names of types to schemas: resources, data sources, ephemerals. */
const MAPS: ReadonlySet<number> = new Set([2, 3, 8]);

/** Bytes before a message of gRPC: whether it is compressed, and its length. */
const PREFIX = 5;

/**
 * A provider's schema without the resource types that are not asked for; all else in it stays as it is, byte for byte.
 *
 * @param answer - a message of gRPC with its prefix.
 * @see https://github.com/hashicorp/terraform/blob/v1.11.4/docs/plugin-protocol/tfplugin5.8.proto
 */
export function narrowed(answer: Buffer, types: ReadonlySet<string>): Buffer {
  if (answer[0] !== 0 || answer.readUInt32BE(1) !== answer.length - PREFIX) {
    throw new Error("the provider's schema is no plain message of gRPC");
  }
  const kept: Buffer[] = [];
  for (let at = PREFIX; at < answer.length; ) {
    const field = fieldAt(answer, at);
    const name = MAPS.has(field.number) ? nameOf(answer, field) : undefined;
    if (name === undefined || types.has(name)) kept.push(answer.subarray(at, field.end));
    at = field.end;
  }
  const message = Buffer.concat(kept);
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Every word of a configuration that may be a type of the AWS provider, wherever it stands. */
export function typesIn(json: object): ReadonlySet<string> {
  return new Set(JSON.stringify(json).match(/\baws_[a-z0-9_]+/g));
}

interface Field {
  readonly number: number;

  /** Where its value begins; that of a message or a string. */
  readonly begin: number;

  /** Where the next field begins. */
  readonly end: number;
}

function fieldAt(bytes: Buffer, at: number): Field {
  const [key, begin] = varintAt(bytes, at);
  const number = key >>> 3;
  switch (key & 7) {
    case 0:
      return { number, begin, end: varintAt(bytes, begin)[1] };
    case 1:
      return { number, begin, end: begin + 8 };
    case 2: {
      const [length, value] = varintAt(bytes, begin);
      return { number, begin: value, end: value + length };
    }
    case 5:
      return { number, begin, end: begin + 4 };
    default:
      throw new Error(`the provider's schema has a field of an unknown kind at byte ${at}`);
  }
}

/** The key of a map's entry. */
function nameOf(bytes: Buffer, entry: Field): string | undefined {
  for (let at = entry.begin; at < entry.end; ) {
    const field = fieldAt(bytes, at);
    if (field.number === 1) return bytes.toString("utf8", field.begin, field.end);
    at = field.end;
  }
  return undefined;
}

function varintAt(bytes: Buffer, at: number): readonly [number, number] {
  let value = 0;
  for (let next = at, scale = 1; ; scale *= 128) {
    const byte = bytes.readUInt8(next);
    next += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, next];
  }
}
