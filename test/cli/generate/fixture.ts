import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small platform as a team may have it: its format is its own, and Groundplan's formatter is not installed. */
const FILES: Readonly<Record<string, string>> = {
  "cdktf.json": '{ "language": "typescript", "app": "true", "output": "cdktf.out" }\n',
  "package.json": '{ "name": "platform", "private": true }\n',
  "platform.ts": `import type { Platform } from "./overlays/settings/platform"
export const platform: Platform = { name: 'acme',
  accounts: { dev: '111111111111' /* cheap */, prod: '222222222222' },
  promotion: [ 'dev', 'prod' ], // in this order: [ "dev", "prod" ]
}
`,
  "overlays/index.ts": `import { platform } from "../platform"
import { dev } from "./dev/environment"
import { prod } from "./prod/environment"
import { inPromotionOrder } from "./registration"

export const environments = inPromotionOrder(platform.promotion, [
    dev, // the first
    prod
])
`,
  "overlays/dev/environment.ts": overlay("dev", "10.0.0.0/16"),
  "overlays/prod/environment.ts": overlay("prod", "10.2.0.0/15"),
  "overlays/dev/kustomization.yaml": kustomization("dev"),
  "overlays/prod/kustomization.yaml": kustomization("prod"),
  "overlays/settings/api.ts": "export const apiDefaults = {};\n",
  "overlays/settings/registry.ts": 'export const registryDefaults = { repositories: ["api"] };\n',
  "overlays/base/kustomization.yaml": "resources:\n  - namespace.yaml\n  - app # the first\n",
  "overlays/base/app/kustomization.yaml":
    "# The app `app`.\nlabels:\n  - pairs:\n      app.kubernetes.io/name: app\nresources:\n  - deployment.yaml\n",
  "overlays/base/app/deployment.yaml":
    'kind: Deployment\nmetadata: { name: "app" }\nspec:\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: app\n      app: "no name of it"\n',
  "stacks/index.ts": `import { ApiStack } from './api'
import { NetworkStack } from './network'

export function addStacks(app, platform, environments) {
  for (const [index, environment] of environments.entries()) {
    new NetworkStack(app, { platform, environment })
    new ApiStack(app, { platform,
      environment, promotedFrom: environments[index - 1] })
    // The last one.
  }
}
`,
  "stacks/api.ts": "export class ApiStack {}\n",
  "services/api/package.json": "{}\n",
  ".github/workflows/api.yml": `name: Service api
jobs:
  build:
    steps:
      - run: npx groundplan artifact build api --json
  # derived: a job for each environment, which deploys
  dev: { concurrency: api-dev }
  prod: { concurrency: api-prod }
  # derived: end
`,
  "docs/ci.md": "| workflow | what |\n|---|---|\n| `api.yml` | builds the service |\n",
};

import { temporaryFolder } from "../../temporary-folder";

function overlay(name: string, cidr: string): string {
  return `import { platform } from "../../platform"
import { defineEnvironment } from "../define-environment"

/** What ${name} is for. */
export const ${name} = defineEnvironment({
  name: "${name}", account: platform.accounts.${name},
  network: { cidr: "${cidr}", nat: "single" },
  api: { alarmTopicArns: ["arn:aws:sns:us-east-1:111111111111:${name}"] },
})
`;
}

function kustomization(name: string): string {
  return `namePrefix: ${name}-
images:
- name: app
  newName: 111111111111.dkr.ecr.us-east-1.amazonaws.com/acme/${name}/api
  digest: sha256:0123
patches:
- patch: |-
    - op: replace
      path: /spec/replicas
      value: 1
  target:
    kind: Deployment
    name: app
- target: { kind: Deployment, name: other }
  patch: |-
    - op: add
`;
}

const folders: string[] = [];

/** Makes such a platform in a folder of its own, with some files changed; undefined leaves a file out. */
export function makePlatform(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const root = temporaryFolder("new");
  folders.push(root);
  for (const [path, text] of Object.entries({ ...FILES, ...changes }))
    if (text !== undefined) put(root, path, text);
  return root;
}

/** A file of that platform with a text replaced, which has to be there. */
export function changed(path: string, from: string, to: string): Readonly<Record<string, string>> {
  const text = FILES[path] ?? "";
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: text.replaceAll(from, to) };
}

export function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Every file and folder of a project, without what Groundplan keeps for itself. */
export function tree(root: string): Readonly<Record<string, string>> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => !/^\.(?:groundplan|git)(?:\/|$)/.test(path),
  );
  return Object.fromEntries(
    paths.sort().map((path) => {
      const file = join(root, path);
      return [path, statSync(file).isFile() ? readFileSync(file, "utf8") : "(folder)"];
    }),
  );
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
