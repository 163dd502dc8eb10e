import { spawnSync } from "node:child_process";
import { basename } from "node:path";

/** A process below another one. */
export interface Descendant {
  readonly pid: number;

  /** Name of its program, without the folder. */
  readonly program: string;
}

/** Every process below one, however deep, as `ps` sees them now. */
export function descendantsOf(root: number): readonly Descendant[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
  const all = (stdout ?? "").split("\n").flatMap((line) => {
    const [, pid, parent, program] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), program: basename(program ?? "") }];
  });
  const below = (parent: number): Descendant[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(root);
}
