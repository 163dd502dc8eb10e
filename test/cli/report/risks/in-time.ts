import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Json } from "../../../../cli/input/json";
import { resource } from "../runs";
import { OWN } from "./risk-fixtures";

/**
 * Runs code of the built report in a process of its own, which is ended after a minute: what would never come to its end
 * cannot be stopped here.
 *
 * @param script - prints JSON; `require` finds the modules of `cli/report/risks`.
 * @param input - what the script finds as `input`.
 * @throws when it has not ended within the minute.
 */
export function stoppable(script: string, input: unknown): unknown {
  const read = 'const input = JSON.parse(require("node:fs").readFileSync(0, "utf8"));';
  const output = execFileSync(process.execPath, ["-e", `${read}\n${script}`], {
    cwd: join(__dirname, "../../../../cli/dist/report/risks"),
    input: JSON.stringify(input),
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  return JSON.parse(output);
}

/** What is found in the update of a policy, in a process that is ended after a minute. */
export function updateInTime(before: Json, after: Json): unknown {
  const json = resource("aws_iam_policy.a", ["update"], before, after);
  return stoppable(
    `const around = { ...require("./surroundings").ALONE, account: input.account };
    const change = require("../change").changeOf(input.json, (text) => text);
    const found = require("./rules").risksOf(change, input.json, around);
    console.log(JSON.stringify(found.map(({ level, rule, message }) => level + " " + rule + ": " + message)));`,
    { json, account: OWN },
  );
}
