import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolPath } from "@groundplan/local";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";
import { writersOfUntrustedCode } from "./untrusted-code";

export const ROOT = join(__dirname, "..", "..");

/** What is wrong with a file of `.github`. */
export interface Finding {
  /** E.g. `actionlint/shellcheck`, `zizmor/template-injection`, or `groundplan/untrusted-code`. */
  readonly rule: string;
  readonly message: string;
}

/** A program that `node tools/setup.mjs --tests` has put beside Python. */
function program(name: "zizmor" | "shellcheck"): string {
  const memory = join(ROOT, ".groundplan", "zizmor.json");
  if (!existsSync(memory))
    throw new Error("zizmor is not installed\n  install it: node tools/setup.mjs --tests");
  return join(dirname(JSON.parse(readFileSync(memory, "utf8")).python), name);
}

/** Paths of the workflows, and of the actions that they share, in the repository. */
export function files(): { readonly workflows: readonly string[]; readonly actions: readonly string[] } {
  const list = (folder: string) => readdirSync(join(ROOT, ".github", folder)).sort();
  return {
    workflows: list("workflows").map((name) => join(".github", "workflows", name)),
    actions: list("actions").map((name) => join(".github", "actions", name, "action.yml")),
  };
}

/**
 * What actionlint, with shellcheck on the shell of the workflows, and zizmor in its strictest persona find in a
 * repository's `.github`, and jobs there that may write and run what a pull request brings, which neither looks for.
 *
 * @param repository - a folder with `.github` and `.git` in it.
 */
export function findings(repository: string): readonly Finding[] {
  return [
    ...actionlint(repository),
    ...zizmor(repository),
    ...compositeShell(repository),
    ...untrustedCode(repository),
  ];
}

function untrustedCode(repository: string): readonly Finding[] {
  const workflows = join(repository, ".github", "workflows");
  if (!existsSync(workflows)) return [];
  return readdirSync(workflows).flatMap((name) =>
    writersOfUntrustedCode(readFileSync(join(workflows, name), "utf8")).map((id) => ({
      rule: "groundplan/untrusted-code",
      message: `${name}: job ${id} may write, and checks out what a pull request brings: check out its base`,
    })),
  );
}

function actionlint(repository: string): readonly Finding[] {
  if (!existsSync(join(repository, ".github", "workflows"))) return [];
  const flags = ["-shellcheck", program("shellcheck"), "-pyflakes=", "-format", "{{json .}}"];
  const out = run(toolPath("actionlint"), flags, repository);
  const found = JSON.parse(out) as readonly {
    kind: string;
    message: string;
    filepath: string;
    line: number;
  }[];
  return found.map(({ kind, message, filepath, line }) => ({
    rule: `actionlint/${kind}`,
    message: `${filepath}:${line}: ${message}`,
  }));
}

function zizmor(repository: string): readonly Finding[] {
  const flags = ["--pedantic", "--offline", "--no-progress", "--format=json", "--no-exit-codes", ".github"];
  const found = JSON.parse(run(program("zizmor"), flags, repository)) as readonly {
    ident: string;
    desc: string;
  }[];
  return found.map(({ ident, desc }) => ({ rule: `zizmor/${ident}`, message: desc }));
}

/** actionlint reads no composite actions: the shell in their steps goes to shellcheck as GitHub runs it. */
function compositeShell(repository: string): readonly Finding[] {
  const actions = join(repository, ".github", "actions");
  if (!existsSync(actions)) return [];
  return readdirSync(actions).flatMap((name) => {
    const text = readFileSync(join(actions, name, "action.yml"), "utf8");
    return scripts(text).flatMap((script) => {
      const flags = ["--shell=bash", "--format=json", "-"];
      const found = JSON.parse(
        run(program("shellcheck"), flags, repository, `set -e -o pipefail\n${script}`),
      );
      return found.map(({ code, message }: { code: number; message: string }) => ({
        rule: `shellcheck/SC${code}`,
        message: `${name}: ${message}`,
      }));
    });
  });
}

/** What shellcheck finds in a script of the repository. */
export function scriptFindings(path: string): readonly Finding[] {
  const found = JSON.parse(run(program("shellcheck"), ["--format=json", path], ROOT));
  return found.map(({ code, message }: { code: number; message: string }) => ({
    rule: `shellcheck/SC${code}`,
    message: `${path}: ${message}`,
  }));
}

/** The texts of `run:` in an action's steps. */
function scripts(action: string): readonly string[] {
  const steps: readonly { run?: string }[] = parse(action).runs?.steps ?? [];
  return steps.flatMap(({ run: script }) => (script === undefined ? [] : [script]));
}

function run(command: string, flags: readonly string[], cwd: string, input?: string): string {
  const { stdout, stderr, error } = spawnSync(command, flags, {
    cwd,
    encoding: "utf8",
    ...(input ? { input } : {}),
  });
  if (error || stdout.trim() === "")
    throw new Error(`${command} gave no report\n${error?.message ?? stderr}`);
  return stdout;
}

/** A repository with one workflow, or one action, in it, and the rules of this repository's `.github`. */
export function repositoryWith(path: string, text: string): { readonly folder: string; remove(): void } {
  const folder = temporaryFolder("workflows");
  spawnSync("git", ["init", "--quiet"], { cwd: folder });
  for (const [name, content] of [
    [path, text],
    [join(".github", "zizmor.yml"), readFileSync(join(ROOT, ".github", "zizmor.yml"), "utf8")],
  ] as const) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
