import type { Command } from "commander";
import { EXIT_HELP } from "../console/exit-codes";
import { type Line, line, paint, say, sayAside, sayJson } from "../console/output";
import { pluralize } from "../console/words";
import { newApp } from "../generate/app";
import type { Draft } from "../generate/draft";
import { newEnvironment } from "../generate/environment";
import { canDerive, type Derived, derive, generate, type Proposal } from "../generate/generate";
import type { Generated } from "../generate/generated";
import type { Kind } from "../generate/names";
import { LANGUAGES, newService, TEMPLATES } from "../generate/service";
import { newStack } from "../generate/stack";
import { runSteps } from "../progress/tasks";
import { findProject } from "../project/project";
import { confirmed } from "./confirm";

/** Options of every generator. */
interface Flags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly derive: boolean;
  readonly allowDirty?: boolean;
  readonly json?: boolean;
}

const EXAMPLES: Readonly<Record<Kind, readonly string[]>> = {
  environment: [
    "environment qa",
    "environment qa --like staging --after dev --account 222222222222 --dry-run",
  ],
  stack: ["stack audit"],
  service: [
    "service orders",
    "service order-intake --template queue --language python",
    "service nightly-report --template schedule --language go --dry-run",
  ],
  app: ["app web", "app web --image frontend --yes"],
};

/** Adds `groundplan new`. */
export function addNew(program: Command): void {
  const command = program
    .command("new")
    .summary("write an environment, a stack, a service or a Kubernetes app")
    .description(
      "Writes what a new part of the platform needs: its files, their registration, tests and workflow. Shows all of it and asks first; then renews what is derived (npm run derive).",
    )
    .addHelpText("after", examples(Object.values(EXAMPLES).flatMap(([first = ""]) => first)));
  addKind(
    command,
    "environment",
    "an environment: the folder of another, its account, its place in the promotion",
  )
    .option(
      "--like <environment>",
      "the environment whose settings it begins with (default: that of --after)",
    )
    .option(
      "--after <environment>",
      "the environment after which a change moves through it (default: the last but one)",
    )
    .option("--account <id>", "its AWS account (default: that of --like)")
    .option("--cidr <range>", "range of its VPC, /16 to /24 (default: a /16 that no environment overlaps)")
    .option("--region <region>", "its AWS Region (default: that of --like)")
    .action(action("environment", newEnvironment));
  addKind(command, "stack", "a stack in each environment, with a contract and a test").action(
    action("stack", newStack),
  );
  addKind(command, "service", "a function and what calls it, its stack, its tests and its workflow")
    .option("--template <template>", `what calls it: ${TEMPLATES.join(", ")} (default: http)`)
    .option("--language <language>", `what it is written in: ${LANGUAGES.join(", ")} (default: ts)`)
    .option("--like <service>", "the service whose workflow is copied (default: api)")
    .action(action("service", newService));
  addKind(command, "app", "a Kubernetes app in each environment, with its own label and selectors")
    .option("--like <app>", "the app whose manifests it begins with (default: app)")
    .option("--image <repository>", "repository of its image in each registry (default: the app's name)")
    .action(action("app", newApp));
}

function addKind(command: Command, kind: Kind, summary: string): Command {
  return command
    .command(kind)
    .argument("<name>", `name of the ${kind}`)
    .summary(summary)
    .description(`Writes ${summary}.`)
    .option("--dry-run", "show what would be written, and write nothing")
    .option("-y, --yes", "do not ask")
    .option("--no-derive", "do not run npm run derive afterwards")
    .option("--allow-dirty", "change files that have changes which are not committed")
    .option("--json", "print what is written as JSON")
    .addHelpText("after", examples(EXAMPLES[kind]));
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((one) => `  $ npx groundplan new ${one}\n`).join("")}${EXIT_HELP}`;
}

function action<O>(kind: Kind, make: (draft: Draft, name: string, options: O & Flags) => Generated) {
  return async (name: string, flags: O & Flags): Promise<void> => {
    const { root } = findProject();
    const quiet = flags.json === true;
    let proposal: Proposal | undefined;
    const written = await generate({
      root,
      allowDirty: flags.allowDirty === true || flags.dryRun === true,
      make: (draft) => make(draft, name, flags),
      accept: async (proposed) => {
        proposal = proposed;
        if (!quiet) show(proposed);
        if (flags.dryRun) return false;
        return confirmed(line`Write ${pluralize(proposed.changes.length, "file", "files")}?`, flags.yes);
      },
    });
    const derives = written && flags.derive && canDerive(root);
    let derived: Derived = { files: [], remarks: [] };
    if (derives) {
      const title = "Renew what is derived: npm run derive";
      const renew = async (_: object, progress: (text: string) => void) => {
        derived = await derive(root, progress);
        return pluralize(derived.files.length, "file", "files");
      };
      await runSteps([{ title, run: renew }], {}, quiet);
      for (const remark of derived.remarks) sayAside(paint.warning(line`  ${remark}`));
    }
    if (!proposal) return;
    const next = [...(derives ? [] : ["npm run derive"]), ...proposal.next];
    if (quiet) return sayJson(described(kind, name, proposal, { written, derived, next }));
    if (written) showNext(proposal, next);
    else say(flags.dryRun ? line`Nothing was written: --dry-run.` : line`Nothing was written.`);
  };
}

function show({ title, changes, diffs, undone }: Proposal): void {
  for (const path of undone)
    sayAside(paint.warning(line`undone, since a run was killed while it wrote: ${path}`));
  say(line`${paint.strong(title)}`);
  say();
  for (const { path, before } of changes)
    say(
      before === undefined
        ? line`  ${paint.good("create")}  ${path}`
        : line`  ${paint.warning("change")}  ${path}`,
    );
  for (const [path, lines] of diffs) {
    say();
    say(paint.strong(path));
    for (const one of lines) say(line`  ${colored(one)}`);
  }
  say();
}

function colored(text: string): Line {
  if (text.startsWith("+")) return paint.good(text);
  if (text.startsWith("-")) return paint.bad(text);
  return text.startsWith("@@") ? paint.faint(text) : line`${text}`;
}

function showNext({ notes }: Proposal, next: readonly string[]): void {
  say();
  say(paint.good("Written."));
  for (const note of notes) say(line`  ${paint.faint("→")} ${note}`);
  say(line`Next:`);
  for (const command of next) say(line`  ${command}`);
}

function described(
  kind: Kind,
  name: string,
  { changes, notes }: Proposal,
  done: { readonly written: boolean; readonly derived: Derived; readonly next: readonly string[] },
) {
  const files = changes.map(({ path, before }) => ({
    path,
    change: before === undefined ? "create" : "change",
  }));
  return {
    format: "groundplan.new",
    version: 1,
    kind,
    name,
    written: done.written,
    files,
    derived: done.derived.files,
    notes,
    next: done.next,
  } as const;
}
