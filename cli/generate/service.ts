import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Draft } from "./draft";
import type { Generated } from "./generated";
import { checkName, nameTaken } from "./names";
import { environmentsOf, WORKFLOWS } from "./platform";
import { registerStack } from "./register-stack";
import { createFromTemplate } from "./template";

/** What may be said of a new service. */
export interface ServiceOptions {
  /** Service whose workflow is copied. @default - `api`, or the first that has one */
  readonly like?: string;
}

/** The page that lists the workflows. */
const PAGE = "docs/ci.md";

/** Writes a service: its code, its stack in each environment, their tests, and its workflow. */
export function newService(draft: Draft, name: string, options: ServiceOptions): Generated {
  checkName("service", name);
  for (const path of [`services/${name}`, `stacks/${name}.ts`])
    if (existsSync(join(draft.root, path))) throw nameTaken("service", name, path);
  const like = options.like ?? defaultModel(draft);
  const settings = "overlays/settings/api.ts";
  if (!draft.has(settings)) {
    throw new CliError(
      EXIT.USAGE,
      `there is no ${settings}, which has the settings of services`,
      "nothing was written",
    );
  }
  createFromTemplate(draft, "service", name);
  registerStack(draft, "service", name);
  draft.create(workflowOf(name), copyWorkflow(draft, like, name));
  if (draft.has(PAGE)) draft.change(PAGE, withRow(draft.read(PAGE), like, name));
  const [first = "dev"] = environmentsOf(draft);
  return {
    title: `Service ${name}: a function behind an HTTP API in ${environmentsOf(draft).join(", ")}, with its workflow`,
    notes: [],
    next: [
      `npx groundplan artifact build ${name}`,
      "npx groundplan bootstrap   # pins a first artifact, which its stack needs",
      `npx cdktf deploy ${first}-${name}`,
    ],
  };
}

function workflowOf(service: string): string {
  return `${WORKFLOWS}/${service}.yml`;
}

function defaultModel(draft: Draft): string {
  const folder = join(draft.root, "services");
  const services = existsSync(folder) ? readdirSync(folder) : [];
  const found = ["api", ...services.sort()].find((service) => draft.has(workflowOf(service)));
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.USAGE,
    `no service has a workflow in ${WORKFLOWS} that could be copied`,
    "nothing was written",
  );
}

/**
 * The workflow of a service with another one's name: so it has the versions of the actions, and whatever else the team
 * has changed in it.
 */
function copyWorkflow(draft: Draft, like: string, name: string): string {
  const path = workflowOf(like);
  if (!draft.has(path))
    throw new CliError(
      EXIT.USAGE,
      `--like ${JSON.stringify(like)}: there is no ${path}`,
      "name a service that has a workflow",
    );
  const text = draft.read(path);
  const copy = text.replaceAll(new RegExp(`\\b${like}\\b`, "g"), name);
  const jobs = (yaml: string) => Object.keys((parse(yaml) as { jobs?: object }).jobs ?? {}).join();
  if (copy !== text && jobs(copy) === jobs(text)) return copy;
  throw new CliError(
    EXIT.USAGE,
    `${path} cannot be copied: with another name in it, its jobs are others`,
    "name a service whose name is no job of its workflow, with --like",
  );
}

/** A table of workflows with a row for the new one, where it has one for the other. */
function withRow(page: string, like: string, name: string): string {
  return page.replace(new RegExp(`^\\| \`${like}\\.yml\` \\|.*\\n`, "m"), (row) => {
    return `${row}${row.replace(`\`${like}.yml\``, `\`${name}.yml\``)}`;
  });
}
