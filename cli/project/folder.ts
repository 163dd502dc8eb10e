import { createHash } from "node:crypto";

/** A stack's folder or file name: its own name, unless that is none for a folder. */
export function folderOf(stack: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(stack)) return stack;
  const readable = stack.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 80);
  return `_${readable}_${createHash("sha256").update(stack).digest("hex").slice(0, 12)}`;
}
