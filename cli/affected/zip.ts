/** Signatures and lengths of a ZIP archive's records, in bytes. */
const END = { signature: 0x06054b50, length: 22, comment: 0xffff };
const ENTRY = { signature: 0x02014b50, length: 46 };

/**
 * What a ZIP archive holds, without its times: of each entry the name, checksum, length and permissions, by name.
 * Undefined when it is no archive that is understood (ZIP64 is not).
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zipEntries(bytes: Buffer): readonly (readonly string[])[] | undefined {
  const end = endOf(bytes);
  if (end === undefined) return undefined;
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) return undefined;
  const entries: (readonly string[])[] = [];
  for (let index = 0; index < count; index++) {
    if (at + ENTRY.length > bytes.length || bytes.readUInt32LE(at) !== ENTRY.signature) return undefined;
    const checksum = bytes.readUInt32LE(at + 16);
    const size = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const permissions = bytes.readUInt32LE(at + 38) >>> 16;
    const name = bytes.toString("utf8", at + ENTRY.length, at + ENTRY.length + nameLength);
    entries.push([name, checksum.toString(16), String(size), permissions.toString(8)]);
    at += ENTRY.length + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1));
}

/** Where the record at the archive's end begins: a comment may follow it. */
function endOf(bytes: Buffer): number | undefined {
  const last = bytes.length - END.length;
  for (let at = last; at >= Math.max(0, last - END.comment); at--) {
    if (bytes.readUInt32LE(at) === END.signature) return at;
  }
  return undefined;
}
