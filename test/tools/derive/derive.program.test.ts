import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { environments } from "../../../overlays";
import { deliveryDefaults } from "../../../overlays/settings/delivery";
import { platform } from "../../../platform";
import { chartValues } from "../../../tools/derive/chart-values";
import { PARTS, staleFiles } from "../../../tools/derive/derive";
import { deriveKustomization } from "../../../tools/derive/kustomizations";
import type { Source } from "../../../tools/derive/source";
import { deriveWorkflow } from "../../../tools/derive/workflows";
import { build } from "../../cli/groundplan";
import * as own from "../../platform";
import { temporaryFolder } from "../../temporary-folder";

const ROOT = join(__dirname, "..", "..", "..");

/** The files of a part that are stale in a folder, as a person should read it. */
const stale = (part: string, source: Source) =>
  staleFiles(source.root, PARTS[part]?.(source) ?? new Map()).map(
    (path) => `${path} is stale: npm run derive renews it`,
  );

// The commands' reference is made from the command line as it is built.
beforeAll(build);

test.each(Object.keys(PARTS))("%s: every file is what platform.ts and overlays/ make of it", (part) => {
  expect(stale(part, { root: ROOT, platform, environments })).toEqual([]);
});

describe("in a copy", () => {
  let root: string;
  let source: Source;

  /** A copy of what is derived, for the tests' own platform. */
  beforeAll(() => {
    root = temporaryFolder("derive");
    source = { root, platform: own.platform, environments: own.environments };
    mkdirSync(join(root, ".github"));
    cpSync(join(ROOT, "docs", "local.md"), join(root, "docs", "local.md"));
    const conformance = join("test", "local", "conformance");
    cpSync(join(ROOT, conformance), join(root, conformance), { recursive: true });
    cpSync(join(ROOT, "cdktf.json"), join(root, "cdktf.json"));
    cpSync(join(ROOT, ".github", "workflows"), join(root, ".github", "workflows"), { recursive: true });
    for (const shared of ["base", "environment.ts", "settings"]) {
      cpSync(join(ROOT, "overlays", shared), join(root, "overlays", shared), { recursive: true });
    }
    const [any] = environments;
    for (const { name } of own.environments) {
      cpSync(join(ROOT, "overlays", any?.name ?? ""), join(root, "overlays", name), { recursive: true });
    }
    for (const part of Object.keys(PARTS)) write(PARTS[part]?.(source) ?? new Map());
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function write(files: ReadonlyMap<string, string | undefined>): void {
    for (const [path, text] of files) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      if (text === undefined) rmSync(join(root, path));
      else writeFileSync(join(root, path), text);
    }
  }

  test.each(Object.keys(PARTS))("%s: what is written is not written again", (part) => {
    expect(stale(part, source)).toEqual([]);
  });

  const changed = (change: Partial<typeof own.platform>): Source => ({
    ...source,
    platform: { ...own.platform, ...change },
  });

  test.each([
    ["Argo CD's manifests", changed({ name: "another" }), "argocd/applications/dev.yaml"],
    ["kustomizations", changed({ name: "another" }), "overlays/prod/kustomization.yaml"],
    ["kustomizations", changed({ name: "another" }), "overlays/base/kustomization.yaml"],
    ["values of the chart", changed({ name: "another" }), "charts/app/values-staging.yaml"],
    ["cdktf.json", changed({ promotion: ["dev", "prod"] }), "cdktf.json"],
    ["workflows", changed({ region: "eu-central-1" }), ".github/workflows/drift.yml"],
    ["workflows", changed({ promotion: ["dev", "prod"] }), ".github/workflows/infrastructure.yml"],
    ["workflows", changed({ promotion: ["dev", "prod"] }), ".github/workflows/api.yml"],
    ["workflows", changed({ promotion: ["try", "prod"] }), ".github/workflows/cd-dev.yml"],
    ["workflows", changed({ promotion: ["dev", "live"] }), ".github/workflows/cd-prod.yml"],
    ["workflows", changed({ name: "another" }), ".github/workflows/cd-prod.yml"],
  ])("planted fault: %s of another platform are found by name", (part, { platform: other }, path) => {
    // `source` is made before the tests, and these rows before that.
    expect(stale(part, { ...source, platform: other })).toContain(
      `${path} is stale: npm run derive renews it`,
    );
  });

  test("planted fault: a value of another environment makes the overlays' reference stale", () => {
    const [first, ...others] = own.environments;
    if (!first) throw new Error("the tests' platform has no environment");
    const changed = { ...first, network: { ...first.network, cidr: "10.99.0.0/16" } };
    const other = { ...source, environments: [changed, ...others] };
    expect(stale("the reference of overlays", other)).toEqual([
      "docs/reference/overlays.md is stale: npm run derive renews it",
    ]);
  });

  test("planted faults: a page of a command that is gone, and one that somebody has edited, are found", () => {
    const folder = join(root, "docs", "reference", "commands");
    writeFileSync(join(folder, "gone.md"), "# `groundplan gone`\n");
    writeFileSync(join(folder, "plan.md"), "# `groundplan plan`\n");
    expect(stale("the reference of commands", source)).toEqual([
      "docs/reference/commands/gone.md is stale: npm run derive renews it",
      "docs/reference/commands/plan.md is stale: npm run derive renews it",
    ]);
    write(PARTS["the reference of commands"]?.(source) ?? new Map());
    expect(stale("the reference of commands", source)).toEqual([]);
  });

  test("what an environment leaves behind is to go", () => {
    const fewer = { ...source, environments: own.environments.slice(0, 2) };
    const files = ["Argo CD's manifests", "golden addresses", "values of the chart"].flatMap((part) => [
      ...(PARTS[part]?.(fewer) ?? []),
    ]);
    expect(
      files
        .filter(([, text]) => text === undefined)
        .map(([path]) => path)
        .sort(),
    ).toEqual([
      "argocd/applications/prod.yaml",
      "argocd/clusters/prod.example.yaml",
      "charts/app/values-prod.yaml",
      "test/stacks/golden/prod.txt",
    ]);
  });

  test("a canary that is turned off leaves nothing behind", () => {
    const part = "canaries of the overlays";
    write(PARTS[part]?.(source) ?? new Map());
    const off = source.environments.map((each) => ({ ...each, delivery: deliveryDefaults }));
    const files = PARTS[part]?.({ ...source, environments: off }) ?? new Map<string, string>();
    expect([...files.keys()]).toContain("overlays/prod/canary/rollout.yaml");
    expect([...files.values()].every((text) => text === undefined)).toBe(true);
  });

  test("an environment without a Kustomize file is told what to copy", () => {
    const qa = own.defineEnvironment({
      name: "qa",
      account: "123456789012",
      network: { cidr: "10.9.0.0/16" },
    });
    expect(() => PARTS.kustomizations?.({ ...source, environments: [qa] })).toThrow(
      "overlays/qa/kustomization.yaml is missing\n  copy that of another environment",
    );
  });
});

describe("a workflow", () => {
  const read = (name: string) => readFileSync(join(ROOT, ".github", "workflows", name), "utf8");
  const derived = (name: string, promotion: readonly string[]) =>
    deriveWorkflow(name, read(name), { ...own.platform, promotion });

  test("has a job for each environment, in its order", () => {
    const { jobs } = parse(derived("api.yml", ["dev", "qa", "pre-prod", "prod"]));
    expect(Object.keys(jobs)).toEqual(["build", "comment", "dev", "qa", "pre-prod", "prod", "by-hand"]);
    expect([jobs.qa.needs, jobs["pre-prod"].needs, jobs.prod.needs]).toEqual([
      ["build", "dev"],
      ["build", "qa"],
      ["build", "pre-prod"],
    ]);
    expect(jobs["pre-prod"]).toMatchObject({
      name: "Deploy pre-prod",
      environment: "pre-prod",
      concurrency: { group: "api-pre-prod" },
    });
    expect(jobs["pre-prod"].steps.at(-1).with).toEqual({
      environment: "pre-prod",
      service: "api",
      artifact: "${{ needs.build.outputs.sha256 }}",
    });
  });

  test("names no environment that is gone", () => {
    for (const name of ["api.yml", "infrastructure.yml", "drift.yml"]) {
      const text = derived(name, ["alpha", "beta"]);
      expect(text).toContain(name === "drift.yml" ? "GROUNDPLAN_PLAN_ROLE_BETA" : "  beta:\n");
      expect(text.match(/\b(?:dev|staging|prod)\b|_(?:DEV|STAGING|PROD)\b/)).toBeNull();
    }
  });

  test.each(["api.yml", "infrastructure.yml", "drift.yml"])("%s comes back to where it began", (name) => {
    const there = derived(name, own.platform.promotion);
    const away = deriveWorkflow(name, there, {
      ...own.platform,
      promotion: ["pre-prod", "qa", "live", "dr"],
    });
    expect(away).not.toBe(there);
    expect(deriveWorkflow(name, away, own.platform)).toBe(there);
  });

  test("has the role that plans in each environment's account", () => {
    expect(derived("drift.yml", ["dev", "pre-prod"]).match(/GROUNDPLAN_PLAN_ROLE_\w+/g)).toEqual([
      "GROUNDPLAN_PLAN_ROLE_DEV",
      "GROUNDPLAN_PLAN_ROLE_PRE_PROD",
      "GROUNDPLAN_PLAN_ROLE_DEV",
    ]);
  });

  test("has the Region and the branch of the platform", () => {
    const text = deriveWorkflow("x.yml", read("infrastructure.yml"), {
      ...own.platform,
      region: "eu-central-1",
      github: { ...own.platform.github, defaultBranch: "trunk" },
    });
    expect(text).toContain("vars.AWS_REGION || 'eu-central-1'");
    expect(text).not.toContain("us-east-1");
    expect(parse(text).on.push.branches).toEqual(["trunk"]);
  });

  test("with a block that is not known is refused by name", () => {
    const text = "jobs:\n  # derived: a job for each moon\n  x:\n  # derived: end\n";
    expect(() => deriveWorkflow("moon.yml", text, own.platform)).toThrow(
      'moon.yml: "# derived: a job for each moon" is no block that npm run derive knows\n  use one of: a step for each environment; ',
    );
  });

  test("without a second job cannot be made longer", () => {
    const single = derived("api.yml", ["dev"]);
    expect(Object.keys(parse(single).jobs)).toEqual(["build", "comment", "dev", "by-hand"]);
    expect(() => deriveWorkflow("api.yml", single, own.platform)).toThrow(
      "api.yml: the block has no second job that could be repeated\n  write one by hand",
    );
  });
});

describe("a Kustomize file", () => {
  const text = `namespace: old-staging
namePrefix: staging-
labels:
- includeSelectors: true
  pairs:
    app.kubernetes.io/instance: staging
images:
- name: app
  newName: 123456789012.dkr.ecr.us-east-1.amazonaws.com/old/staging/api
  newTag: 0.1.0 # released
- name: proxy
  newName: public.ecr.aws/nginx/nginx
patches:
- patch: |-
    - op: add
      path: /data/APP_ENV
      value: staging
  target:
    kind: ConfigMap
    name: app
`;

  test("gets the names and the registry of its environment; tags, other registries and comments stay", () => {
    const environment = {
      name: "qa",
      account: "210987654321",
      region: "eu-west-1",
      delivery: deliveryDefaults,
    };
    expect(deriveKustomization(text, { name: "acme" }, environment)).toBe(
      text
        .replace("old-staging", "acme-qa")
        .replace("namePrefix: staging-", "namePrefix: qa-")
        .replace("instance: staging", "instance: qa")
        .replace("value: staging", "value: qa")
        .replace(
          "123456789012.dkr.ecr.us-east-1.amazonaws.com/old/staging/api",
          "210987654321.dkr.ecr.eu-west-1.amazonaws.com/acme/qa/api",
        ),
    );
  });

  test("gives the chart its values", () => {
    expect(
      parse(chartValues({ name: "staging", delivery: deliveryDefaults }, { name: "acme" }, text)),
    ).toEqual({
      partOf: "acme",
      image: { repository: "123456789012.dkr.ecr.us-east-1.amazonaws.com/old/staging/api", tag: "0.1.0" },
      config: { APP_ENV: "staging" },
      autoscaling: {},
      argocd: { syncWaves: true },
    });
  });

  test("with a digest instead of a tag gives the chart the digest", () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    const values = parse(
      chartValues(
        { name: "staging", delivery: deliveryDefaults },
        { name: "acme" },
        text.replace("newTag: 0.1.0 # released", `digest: ${digest}`),
      ),
    );
    expect(values.image).toEqual({ repository: expect.any(String), digest });
  });

  test("planted fault: a patch that the chart has no value for is refused by name", () => {
    const patched = `${text}- patch: |-
    - op: add
      path: /spec/template/spec/hostNetwork
      value: true
  target:
    kind: Deployment
    name: app
`;
    expect(() =>
      chartValues({ name: "staging", delivery: deliveryDefaults }, { name: "acme" }, patched),
    ).toThrow(
      "overlays/staging/kustomization.yaml patches /spec/template/spec/hostNetwork of Deployment, for which the chart has no value",
    );
  });
});
