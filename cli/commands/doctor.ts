import type { Command } from "commander";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { type Line, line, paint, say, sayJson } from "../console/output";
import { pluralize } from "../console/words";
import { runChecks } from "../doctor/checks";
import type { Finding, Level } from "../doctor/finding";

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
      const findings = await runChecks();
      const healthy = findings.every(({ level }) => level !== "fail");
      if (flags.json) sayJson({ format: "groundplan.doctor", version: 1, ok: healthy, findings });
      else print(findings);
      process.exitCode = healthy ? EXIT.OK : EXIT.FAILED;
    });
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
