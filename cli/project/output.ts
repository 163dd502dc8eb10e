import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const MANIFEST = "manifest.json";

/**
 * Puts what was synthesized in one folder into another, where Terraform keeps things of its own beside it. Each file is
 * replaced whole, and only if it differs: whoever reads one meanwhile reads the one before or the one after. The
 * manifest is the last.
 */
export function installOutput(from: string, to: string): void {
  nameFolder(from, basename(from), basename(to));
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).filter((name) => name !== MANIFEST && !name.startsWith("."));
  for (const name of names) install(join(from, name), join(to, name), name === "stacks" ? 1 : 0);
  install(join(from, MANIFEST), join(to, MANIFEST), 0);
}

/** @param kept - levels of folders in which Terraform, or an earlier synth, has things that stay. */
function install(from: string, to: string, kept: number): void {
  if (!isFolder(from)) {
    installFile(from, to);
    return;
  }
  if (!isFolder(to)) rmSync(to, { force: true });
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from);
  for (const name of names) install(join(from, name), join(to, name), kept - 1);
  if (kept >= 0) return;
  for (const name of readdirSync(to).filter((name) => !names.includes(name)))
    rmSync(join(to, name), { recursive: true, force: true });
}

function installFile(from: string, to: string): void {
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there?.isDirectory()) rmSync(to, { recursive: true, force: true });
  const isSame = there?.isFile() && lstatSync(from).isFile() && readFileSync(from).equals(readFileSync(to));
  if (!isSame) renameSync(from, to);
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** An app may write the name of its output into a stack, e.g. as a path from the project's folder. */
function nameFolder(folder: string, name: string, wanted: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/^(?:cdk\.tf(?:\.json)?|manifest\.json|metadata\.json)$/.test(entry.name))
      continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, "utf8");
    if (text.includes(name)) writeFileSync(file, text.replaceAll(name, wanted));
  }
}
