import { nameOf } from "./errors";

/** Whether a conditional write to S3 was carried out; `false` when the condition did not hold, or another was being carried out. */
export async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    // The last is S3's answer to If-Match where nothing is any more.
    if (["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"].includes(nameOf(error)))
      return false;
    throw error;
  }
}
