import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Json } from "../../../../cli/input/json";
import type { ResourceChangeJson } from "../../../../cli/plan/plan-json";
import { changeOf } from "../../../../cli/report/change";
import { risksOf } from "../../../../cli/report/risks/rules";
import { ALONE } from "../../../../cli/report/risks/surroundings";
import { resource } from "../runs";

/** The account of the plans. */
export const OWN = "123456789012";

/** What the rules find in a resource's change, with level and message. */
export function found(json: ResourceChangeJson, account?: string): readonly string[] {
  const change = changeOf(json, (text) => text);
  const around = { ...ALONE, account };
  return change
    ? risksOf(change, json, around).map(({ rule, level, message }) => `${level} ${rule}: ${message}`)
    : [];
}

/** What is found in an update. */
export const update = (type: string, before: Json, after: Json, some: object = {}) =>
  found(resource(`${type}.a`, ["update"], before, after, some), OWN);

/** What is found in a creation. */
export const create = (type: string, after: Json, some: object = {}) =>
  found(resource(`${type}.a`, ["create"], null, after, some), OWN);

/** What is found in a deletion. */
export const remove = (type: string, before: Json = {}) =>
  found(resource(`${type}.a`, ["delete"], before, null), OWN);

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

/** A policy document. */
export const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A statement that allows. */
export const allow = (
  Action: string | string[],
  Resource: string | string[] = "arn:aws:s3:::a/*",
  some: object = {},
) => ({ Effect: "Allow", Action, Resource, ...some });
