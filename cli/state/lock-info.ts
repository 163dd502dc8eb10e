import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";

/** What a writer notes in its lock, as Terraform does. */
export interface LockInfo {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  readonly Version: string;
  readonly Created: string;
  readonly Path: string;
}

/** A lock's content: what its holder noted, or why that cannot be read. Terraform refuses the state in both cases. */
export type LockContent =
  | { readonly info: LockInfo; readonly damage?: never }
  | { readonly info?: never; readonly damage: string };

/** Largest lock that is read, in bytes: Terraform's has some hundred. */
export const LARGEST_LOCK = 65_536;

const TEXT = { type: "string", maxLength: 2_000 } as const;

/** What Terraform reads, too: another type of a field, or a time that is none, is an error to it. */
const checkLock = schemaCheck<Partial<LockInfo>>({
  type: "object",
  required: ["ID"],
  properties: {
    // It stands in a command that people copy: letters and digits, as in Terraform's.
    ID: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$" },
    Operation: TEXT,
    Info: TEXT,
    Who: TEXT,
    Version: TEXT,
    Created: {
      type: "string",
      pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:\\d{2})$",
    },
    Path: TEXT,
  },
});

/** Reads a lock. @param content - undefined for one that is there and says nothing. */
export function parseLockInfo(content: string | Uint8Array | undefined): LockContent {
  if (content === undefined) return { damage: "it does not say whose it is" };
  try {
    if (content.length > LARGEST_LOCK) throw new InputError(`it has more than ${LARGEST_LOCK} bytes`);
    // As Terraform decodes it: a byte that is no UTF-8 makes no other lock of it.
    const text = typeof content === "string" ? content : Buffer.from(content).toString();
    const {
      ID = "",
      Operation = "",
      Info = "",
      Who = "",
      Version = "",
      Created = "",
      Path = "",
    } = checkLock(parseJson(text));
    return { info: { ID, Operation, Info, Who, Version, Created, Path } };
  } catch (error) {
    if (error instanceof InputError) return { damage: error.message };
    throw error;
  }
}

/** Who holds a lock, since when, and for what. */
export function holderOf({ Who, Created, Operation }: LockInfo): string {
  return `${Who || "an unknown user"} since ${Created || "an unknown time"} (${Operation || "an operation"})`;
}

/** The command that releases a lock. */
export function releaseCommand(stack: string, { info }: LockContent): string {
  return `npx groundplan state unlock ${shellWord(stack)} ${info ? info.ID : "--damaged"}`;
}

/** A word for a shell. */
function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
