import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { type Line, line, paint, say, sayJson } from "../console/output";
import { pluralize } from "../console/words";
import { checkBackends, checkCredentials } from "../doctor/account";
import { checkEmulator } from "../doctor/emulator";
import { type Finding, failed, type Level, ok } from "../doctor/finding";
import { checkLock, checkMirror } from "../doctor/providers";
import { checkCdktf, checkNode, checkTerraform } from "../doctor/toolchain";
import { findProject, readStacks, type Stack } from "../project/project";

/** Adds `groundplan doctor`. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("check what Groundplan needs, and say what to do")
    .description(
      "Checks Node, Terraform or OpenTofu, cdktf, the credentials, the backend of the synthesized stacks, the provider mirror, " +
        "the provider lock and the emulator. Changes nothing.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan doctor\n  $ AWS_PROFILE=prod npx groundplan doctor\n  $ npx groundplan doctor --json\n${EXIT_HELP}`,
    )
    .action(async (flags: { readonly json?: boolean }) => {
      const findings = await diagnose();
      const healthy = findings.every(({ level }) => level !== "fail");
      if (flags.json) sayJson({ ok: healthy, findings });
      else print(findings);
      process.exitCode = healthy ? EXIT.OK : EXIT.FAILED;
    });
}

/** Every finding, in the order in which one thing needs the other. */
export async function diagnose(): Promise<readonly Finding[]> {
  const project = findProject();
  const { stacks, finding: synthesized } = synthesizedStacks(() => readStacks(project));
  const terraform = checkTerraform();
  const credentials = checkCredentials(stacks);
  // What does not wait for another check goes on beside it; the findings keep their order.
  const [tool, lock, identity, backends, emulator] = await Promise.all([
    terraform,
    terraform.then(({ binary }) => checkLock(project, stacks, binary)),
    credentials,
    credentials.then(({ account }) => checkBackends(stacks, account)),
    checkEmulator(project),
  ]);
  return [
    checkNode(),
    tool.finding,
    checkCdktf(project),
    synthesized,
    identity.finding,
    ...(synthesized.level === "ok" ? backends : []),
    checkMirror(),
    ...(synthesized.level === "ok" ? [lock] : []),
    emulator,
  ];
}

function synthesizedStacks(read: () => readonly Stack[]): {
  readonly stacks: readonly Stack[];
  readonly finding: Finding;
} {
  try {
    const stacks = read();
    return { stacks, finding: ok("Stacks", stacks.map(({ name }) => name).join(", ")) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { stacks: [], finding: failed("Stacks", error) };
  }
}

const MARKS: Readonly<Record<Level, () => Line>> = {
  ok: () => paint.good("ok  "),
  warn: () => paint.warning("warn"),
  fail: () => paint.bad("fail"),
};

function print(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, level, found, instead } of findings) {
    say(line`${MARKS[level]()}  ${check.padEnd(width)}  ${found}`);
    if (instead !== undefined) say(line`${" ".repeat(width + 8)}${paint.faint("→")} ${instead}`);
  }
  const faults = findings.filter(({ level }) => level === "fail").length;
  say();
  say(
    faults === 0
      ? paint.good("No problems found.")
      : paint.bad(`${pluralize(faults, "problem", "problems")} to fix.`),
  );
}
