import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { defaultSettings, type Language } from "../artifact/function-settings";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Draft } from "./draft";
import type { Generated } from "./generated";
import { checkName, nameTaken } from "./names";
import { environmentsOf, WORKFLOWS } from "./platform";
import { registerStack } from "./register-stack";
import { createFromTemplate } from "./template";

/** What calls a new service. */
export const TEMPLATES = ["http", "queue", "schedule"] as const;

/** What a new service is written in. */
export const LANGUAGES = ["ts", "python", "go"] as const;

type Template = (typeof TEMPLATES)[number];
type ServiceLanguage = (typeof LANGUAGES)[number];

/** What may be said of a new service. */
export interface ServiceOptions {
  /** One of {@link TEMPLATES}. @default "http" */
  readonly template?: string;

  /** One of {@link LANGUAGES}. @default "ts" */
  readonly language?: string;

  /** Service whose workflow is copied. @default - `api`, or the first that has one */
  readonly like?: string;
}

/** What a template makes, and how it is tried before it is deployed. */
const KINDS: Readonly<Record<Template, { readonly what: string; readonly check: string }>> = {
  http: { what: "a function behind an HTTP API", check: '--http "GET /health"' },
  queue: {
    what: "a queue with dead letters, and a function that works on its messages",
    check: '--event <file>   # with the messages, e.g. { "Records": [] }',
  },
  schedule: {
    what: "a function that does a job at its times",
    check: '--event <file>   # with the time, e.g. { "time": "2026-12-01T02:00:00Z" }',
  },
};

/** A language in the words of the build, and the tests of a service in it. */
const WRITTEN: Readonly<
  Record<ServiceLanguage, { readonly build: Language; readonly test: (name: string) => string }>
> = {
  ts: { build: "node", test: (name) => `npx jest test/services/${name}` },
  python: {
    build: "python",
    test: (name) =>
      `PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=services/${name}/src python3 -m unittest discover services/${name}/tests`,
  },
  go: { build: "go", test: (name) => `go -C services/${name} test ./...` },
};

/** The page that lists the workflows. */
const PAGE = "docs/ci.md";

/** Writes a service: its code, its stack in each environment, their tests, and its workflow. */
export function newService(draft: Draft, name: string, options: ServiceOptions): Generated {
  checkName("service", name);
  const template = oneOf("--template", TEMPLATES, options.template ?? "http");
  const language = oneOf("--language", LANGUAGES, options.language ?? "ts");
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
  const { build, test } = WRITTEN[language];
  const { runtime, handler } = defaultSettings(build);
  createFromTemplate(draft, `service/language/${language}`, name);
  createFromTemplate(draft, `service/${template}/${language}`, name);
  // What is the default of the build is that of the construct for Node alone.
  const said = build === "node" ? [] : [`runtime: "${runtime}",`, `handler: "${handler}",`];
  createFromTemplate(draft, `service/${template}/stack`, name, { runtime: said });
  registerStack(draft, "service", name);
  draft.create(workflowOf(name), copyWorkflow(draft, { like, name, test: test(name) }));
  if (draft.has(PAGE)) draft.change(PAGE, withRow(draft.read(PAGE), like, name));
  if (language !== "ts") buildOnlyTypeScript(draft);
  const [first = "dev"] = environmentsOf(draft);
  const { what, check } = KINDS[template];
  return {
    title: `Service ${name}: ${what} in ${environmentsOf(draft).join(", ")}, with its workflow`,
    notes: [],
    next: [
      `npx groundplan artifact build ${name}`,
      ...(language === "ts" ? [] : [test(name)]),
      `npx groundplan artifact check ${name} ${check}`,
      "npx groundplan bootstrap   # pins a first artifact, which its stack needs",
      `npx cdktf deploy ${first}-${name}`,
    ],
  };
}

/** @throws CliError with what to write when a value is none of those that there are. */
function oneOf<T extends string>(option: string, values: readonly T[], value: string): T {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.USAGE,
    `invalid ${option} ${JSON.stringify(value)}: use one of ${values.join(", ")}`,
    `e.g. ${option} ${values[0]}`,
  );
}

/** Keeps the compiler of TypeScript from a folder of `services/` without a `tsconfig.json`, which it would fail for. */
function buildOnlyTypeScript(draft: Draft): void {
  if (!draft.has("package.json")) return;
  const text = draft.read("package.json");
  draft.change(
    "package.json",
    text.replaceAll(/(?<=\btsc\b[^"\n]* )services\/\*(?=[ "])/g, "services/*/tsconfig.json"),
  );
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

/** The line of a workflow that runs the tests of a service, in any language. */
const testLine = (name: string) =>
  new RegExp(
    `^([ \\t-]*run: ).*(?:jest test/services/${name}|unittest discover services/${name}/tests|go -C services/${name} test).*$`,
    "gm",
  );

interface WorkflowCopy {
  readonly like: string;
  readonly name: string;

  /** The command that runs the tests of the new service. */
  readonly test: string;
}

/**
 * The workflow of a service with another one's name: so it has the versions of the actions, and whatever else the team
 * has changed in it.
 */
function copyWorkflow(draft: Draft, { like, name, test }: WorkflowCopy): string {
  const path = workflowOf(like);
  if (!draft.has(path))
    throw new CliError(
      EXIT.USAGE,
      `--like ${JSON.stringify(like)}: there is no ${path}`,
      "name a service that has a workflow",
    );
  const text = draft.read(path);
  const copy = text
    .replaceAll(new RegExp(`\\b${like}\\b`, "g"), name)
    .replaceAll(testLine(name), (_, before: string) => `${before}${test}`);
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
