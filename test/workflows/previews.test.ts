import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readConfigFile } from "../../cli/preview/config/read";
import { resolveConfig } from "../../cli/preview/config/resolve";

/** The workflows of previews, and the repository of the examples that calls them. */

const ROOT = join(__dirname, "..", "..");

interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly {
    readonly id?: string;
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<
    Record<
      string,
      {
        readonly inputs?: Readonly<Record<string, { readonly required?: boolean }>>;
        readonly types?: string[];
      }
    >
  >;
  readonly "run-name"?: string;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): Workflow => parse(readFileSync(join(ROOT, path), "utf8"));
const own = (name: string) => read(join(".github", "workflows", name));
const CONSUMER = join("examples", "consumer", ".github", "workflows", "preview-env.yml");

/** What is wrong with the calls of a workflow: other inputs than the called one takes, or fewer rights than its jobs ask for. */
function callFaults({ jobs }: Workflow): readonly string[] {
  return Object.entries(jobs).flatMap(([id, { uses = "", with: given = {}, permissions = {} }]) => {
    const file = /^[^/]+\/[^/]+\/\.github\/workflows\/([\w-]+\.yml)@main$/.exec(uses)?.[1];
    if (file === undefined) return [`${id}: calls ${uses}`];
    const called = own(file);
    const inputs = called.on.workflow_call?.inputs ?? {};
    const rights = Object.values(called.jobs).flatMap((job) => Object.entries(job.permissions ?? {}));
    return [
      ...Object.keys(given).flatMap((name) => (inputs[name] ? [] : [`${id}: no input ${name}`])),
      ...Object.entries(inputs).flatMap(([name, { required }]) =>
        required && given[name] === undefined ? [`${id}: without ${name}`] : [],
      ),
      ...rights.flatMap(([name, level]) =>
        permissions[name] === level || permissions[name] === "write"
          ? []
          : [`${id}: ${name} is not ${level}`],
      ),
    ];
  });
}

test("the example calls the platform's workflows with what they take, and gives their jobs the rights that they ask for", () => {
  expect(callFaults(read(CONSUMER))).toEqual([]);
});

test("planted: an input that is none, one that is missing, and a right that is missing are found", () => {
  const { jobs, ...rest } = read(CONSUMER);
  const { provision = {} } = jobs;
  const { commit: _, ...given } = provision.with ?? {};
  const wrong = { ...provision, with: { ...given, branche: "x" }, permissions: { contents: "read" } };
  expect(callFaults({ ...rest, jobs: { provision: wrong } })).toEqual([
    "provision: no input branche",
    "provision: without commit",
    "provision: id-token is not write",
    "provision: pull-requests is not write",
    "provision: deployments is not write",
  ]);
  expect(
    callFaults({ ...rest, jobs: { x: { uses: "a/b/.github/workflows/provision.yml@v1" } } }),
  ).toHaveLength(1);
});

test("its settings have no fault, and its branches' database is migrated by a command of its image", () => {
  const config = resolveConfig(readConfigFile(join(ROOT, "examples", "consumer")));
  expect(config).toMatchObject({
    template: "api-database",
    database: "shared",
    migrate: ["node", "src/migrate.mjs"],
  });
});

/** Jobs that take AWS's credentials or a right to write, and check out what is not the workflow's own code. */
function strangersCode({ jobs }: Workflow): readonly string[] {
  return Object.entries(jobs).flatMap(([id, { permissions = {}, steps = [] }]) => {
    const rights = Object.values(permissions).includes("write");
    const strange = steps.some(
      ({ uses = "", with: given = {} }) =>
        uses.startsWith("actions/checkout@") &&
        (given.repository !== "${{ job.workflow_repository }}" || given.ref !== "${{ job.workflow_sha }}"),
    );
    return rights && strange ? [id] : [];
  });
}

test.each(["provision.yml", "destroy.yml", "update-dashboard.yml"])(
  "%s: a job with rights has the workflow's own code alone, also when another repository calls it",
  (name) => {
    expect(strangersCode(own(name))).toEqual([]);
  },
);

test("planted: the caller's code in a job with rights is found", () => {
  const { jobs, ...rest } = own("provision.yml");
  const { build = {} } = jobs;
  // The job that builds has the caller's code, and no rights.
  expect(build.permissions).toEqual({ contents: "read" });
  const planted = { ...build, permissions: { "id-token": "write" } };
  expect(strangersCode({ ...rest, jobs: { build: planted } })).toEqual(["build"]);
});

test("a push whose image was not built, or is not there, makes nothing: the one before would run on and look like it", () => {
  const { build, provision } = own("provision.yml").jobs;
  expect(provision?.if).toContain("needs.build.result == 'success' || needs.build.result == 'skipped'");
  const download = provision?.steps?.find(({ uses }) => uses?.startsWith("actions/download-artifact@"));
  expect(download).toMatchObject({ if: "needs.build.outputs.source == 'true'" });
  expect(download).not.toHaveProperty("continue-on-error");
  const script = build?.steps?.find(({ id }) => id === "image")?.run ?? "";
  // It says so where it has put something, and fails before where it has not.
  expect(script.match(/\n.*\n *echo "source=true" >> "\$GITHUB_OUTPUT"/g)).toEqual([
    expect.stringContaining('cp .idp/config.yml "$SOURCE/.idp/config.yml"'),
    expect.stringContaining('docker save --output "$SOURCE/image.tar"'),
  ]);
});

test("a run that was dispatched is found by its id, and takes what the command line sends", () => {
  for (const [name, inputs] of [
    ["provision.yml", ["name", "template", "image", "ttl", "owner", "id"]],
    ["destroy.yml", ["name", "reason", "id"]],
  ] as const) {
    const { "run-name": title, on } = own(name);
    expect(title).toContain("${{ inputs.id }}");
    expect(Object.keys(on.workflow_dispatch?.inputs ?? {}).sort()).toEqual([...inputs].sort());
  }
});

test("a fork's pull request gets no preview, and the end of a branch and of a pull request end one", () => {
  const { on, jobs } = read(CONSUMER);
  expect(Object.keys(on).sort()).toEqual(["delete", "pull_request", "push"]);
  expect(on.pull_request?.types).toEqual(["opened", "closed"]);
  for (const id of ["provision", "destroy"])
    expect(jobs[id]?.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
});
