import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { line, type Part, paint, say, sayJson, sayProblem } from "../../console/output";
import { remaining } from "../../preview/duration";
import type { Metadata, Status } from "../../preview/metadata";
import { viewOf } from "../../preview/view";
import { examples, storeHere } from "./options";

interface Flags {
  readonly owner?: string;
  readonly template?: string;
  readonly status?: string;
  readonly json?: boolean;
}

/** Adds `groundplan preview list`. */
export function addList(preview: Command): void {
  preview
    .command("list")
    .summary("list the previews")
    .description("Lists the previews with their state, what is left of their time, and their address.")
    .option("--owner <owner>", "only those of an owner")
    .option("--template <name>", "only those of a template")
    .option("--status <status>", "only those in a state, e.g. active")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("list", "list --status failed --json"))
    .action(list);
}

async function list({ owner, template, status, json }: Flags): Promise<void> {
  const all = await storeHere().all();
  const previews = all
    .flatMap((one) => ("metadata" in one && one.metadata.status !== "gone" ? [one.metadata] : []))
    .filter((one) => owner === undefined || one.owner === owner)
    .filter((one) => template === undefined || one.template === template)
    .filter((one) => status === undefined || one.status === status);
  const damaged = all.flatMap((one) => ("damaged" in one ? [{ name: one.name, why: one.damaged }] : []));
  if (json)
    return sayJson({
      format: "groundplan.preview.list",
      version: 1,
      previews: previews.map(viewOf),
      damaged,
    });
  for (const { name, why } of damaged)
    sayProblem(line`${paint.bad(name)}: `, `its metadata cannot be read: ${why}`);
  if (previews.length === 0)
    return say(line`There is no preview. Make one: npx groundplan preview create --name <name>`);
  table(
    ["name", "status", "template", "owner", "left", "address"],
    previews.map((one) => [
      one.name,
      colored(one.status),
      one.template,
      one.owner,
      remaining(one.expiresAt, Date.now()),
      one.endpoint ?? "-",
    ]),
  );
}

/** A status in the colour of how it stands. */
export function colored(status: Status): Part {
  if (status === "active") return paint.good(status);
  if (status === "failed") return paint.bad(status);
  return status === "asleep" ? paint.faint(status) : paint.warning(status);
}

/** What is left of a preview, for people. */
export function ends({ expiresAt }: Pick<Metadata, "expiresAt">): string {
  const left = remaining(expiresAt, Date.now());
  return left === "over" ? `its time was over at ${expiresAt}` : `gone by ${expiresAt} (${left})`;
}
