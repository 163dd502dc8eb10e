import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { endIfInterrupted } from "../process/interrupts";
import { folderOf } from "../process/own-folder";
import type { Project, Stack } from "../project/project";
import { pushState } from "./push";
import { restored, type StateSummary, summarize } from "./state-file";
import type { StateStore } from "./store";

/** What a restore has done. */
export interface RestoreResult {
  readonly stack: string;
  readonly version: string;

  /** Serials of the state before and after. */
  readonly before: number | undefined;
  readonly after: number;

  /** File with the state as it was. */
  readonly backup: string | undefined;

  /** Addresses that the state has again, and those that it has no more. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Properties of {@link restore}. */
export interface RestoreProps {
  readonly project: Project;
  readonly stack: Stack;
  readonly store: StateStore;
  readonly version: string;

  /** Takes the stack's secrets out of what Terraform says. */
  readonly mask: () => Promise<(text: string) => string>;

  /** Asked with what will change; false leaves all as it is. */
  readonly confirm: (change: Pick<RestoreResult, "added" | "removed">) => Promise<boolean>;
}

/**
 * Makes an old version the current state again, with a serial above the current one, as `terraform state push` writes it.
 * What was current is saved to a file, and stays in the bucket as a version.
 *
 * @returns undefined when it was not confirmed. @throws CliError when the state is locked, or was written meanwhile.
 */
export async function restore(props: RestoreProps): Promise<RestoreResult | undefined> {
  const { project, stack, store, version } = props;
  endIfInterrupted("the state is as it was");
  await store.refuseLocks();
  const [old, current] = await Promise.all([store.read(version), store.read()]);
  if (old === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `no version ${version} of the state of ${stack.name}`,
      `at s3://${store.path}`,
      `list them: npx groundplan state versions ${stack.name}`,
    );
  }
  const text = restored(old, current);
  const now = current === undefined ? undefined : summarize(current);
  const next = summarize(text);
  const change = difference(now, next);
  if (!(await props.confirm(change))) return undefined;
  endIfInterrupted("the state is as it was");
  const backup = current === undefined ? undefined : save(project, stack, current);
  await pushState(project, stack, text, await props.mask());
  // Terraform counts on when it writes.
  const after = summarize((await store.read()) ?? text).serial;
  return { stack: stack.name, version, before: now?.serial, after, backup, ...change };
}

function difference(
  now: StateSummary | undefined,
  next: StateSummary,
): Pick<RestoreResult, "added" | "removed"> {
  const before = now?.resources ?? [];
  return {
    added: next.resources.filter((address) => !before.includes(address)),
    removed: before.filter((address) => !next.resources.includes(address)),
  };
}

function save(project: Project, stack: Stack, text: string): string {
  const folder = join(project.root, ".groundplan", "state-backups");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const file = join(folder, `${folderOf(stack.name)}-${time}.tfstate`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
