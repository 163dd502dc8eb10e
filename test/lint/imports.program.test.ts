import { LintedTree } from "./linted-tree";

/** Files of a tree that keeps to the street, by path. */
const CLEAN: Readonly<Record<string, string>> = {
  "modules/core/index.ts": 'export { TerraformStack } from "cdktf";\n',
  "modules/network/vpc.ts":
    'export { Vpc } from "@cdktf/provider-aws/lib/vpc";\n\nexport * from "../core";\n',
  "overlays/environment.ts":
    'import type { Tier } from "@groundplan/modules/network";\n\nexport type Tiers = Tier[];\n',
  "overlays/checks.ts":
    'export { x } from "./environment";\n\nimport { Faults } from "@groundplan/modules/core/errors";\n\nnew Faults();\n',
  "stacks/environment-stack.ts": 'export type { Environment } from "../overlays/environment";\n',
  "stacks/network.ts":
    'export { Vpc } from "@groundplan/modules/network";\nexport { AUDIT } from "./contracts/audit";\nexport { Base } from "./environment-stack";\n',
  "stacks/contracts/audit.ts":
    'import { defineContract } from "@groundplan/modules/core";\n\nexport const AUDIT = defineContract("audit", {});\n',
  "stacks/index.ts": 'export * from "./network";\n',
  "previews/preview.ts":
    'export { FargateService } from "@groundplan/modules/service";\nexport { AUDIT } from "../stacks/contracts/audit";\n',
  "previews/templates/api.ts": 'export { FargateService } from "../preview";\n',
  "main.ts": 'import "./overlays";\nimport "./stacks";\nimport "@groundplan/modules/core";\n',
  "cli/main.ts": 'export { up } from "@groundplan/local";\nexport { doctor } from "./doctor/main";\n',
  "services/api/src/index.ts": 'export { rangeOf } from "./range";\n',
  "local/lifecycle.ts": 'export type { Props } from "./daemon/main";\n',
};

/** One violation of each row of the table in docs/architecture.md: a file and the import it must not have. */
const FAULTS: readonly (readonly [file: string, line: string])[] = [
  ["modules/network/bad.ts", 'export * from "../../stacks/network";'],
  ["modules/network/bad.ts", 'export * from "../../overlays/dev/environment";'],
  ["modules/network/bad.ts", 'export * from "../../overlays";'],
  ["modules/network/deep/er/bad.ts", 'export * from "../../../../cli/main";'],
  ["modules/network/bad.ts", 'export * from "groundplan";'],
  ["modules/network/bad.ts", 'export * from "@groundplan/local";'],
  ["modules/network/bad.ts", 'export * from "../../local/install";'],
  ["modules/network/bad.ts", 'export * from "../../main";'],
  ["modules/network/bad.ts", 'export * from "../../platform";'],
  ["modules/network/bad.ts", 'export { vpc } from "@cdktf/provider-aws";'],
  ["modules/network/bad.ts", 'export const load = () => import("@cdktf/provider-aws");'],
  ["modules/network/bad.ts", 'export { deployment } from "@cdktf/provider-kubernetes";'],
  ["modules/network/bad.ts", 'export { release } from "@cdktf/provider-helm";'],
  ["overlays/dev/bad.ts", 'export * from "../../stacks";'],
  ["overlays/bad.ts", 'export * from "../cli/main";'],
  ["overlays/bad.ts", 'export * from "@groundplan/local";'],
  ["overlays/bad.ts", 'import { Vpc } from "@groundplan/modules/network";\n\nexport default Vpc;'],
  [
    "overlays/dev/bad.ts",
    'import { Vpc, type Tier } from "@groundplan/modules/network";\n\nexport default Vpc as Tier;',
  ],
  ["overlays/dev/bad.ts", 'import { tag } from "@groundplan/modules/core/tags";\n\nexport default tag;'],
  ["stacks/bad.ts", 'export * from "../cli/main";'],
  ["stacks/bad.ts", 'export * from "groundplan/dist/main";'],
  ["stacks/bad.ts", 'export * from "@groundplan/local";'],
  ["stacks/bad.ts", 'export { NetworkStack } from "./network";'],
  ["stacks/bad.ts", 'export type { NetworkStack } from "../stacks/network";'],
  ["stacks/contracts/bad.ts", 'export { NetworkStack } from "../network";'],
  ["stacks/bad.ts", 'export { vpc } from "@cdktf/provider-aws";'],
  ["stacks/index.ts", 'export * from "../cli/main";'],
  ["previews/bad.ts", 'export * from "../cli/main";'],
  ["previews/bad.ts", 'export * from "groundplan";'],
  ["previews/templates/bad.ts", 'export * from "../../overlays";'],
  ["previews/bad.ts", 'export * from "../platform";'],
  ["previews/bad.ts", 'export { NetworkStack } from "../stacks/network";'],
  ["previews/templates/bad.ts", 'export { NetworkStack } from "../../stacks/network";'],
  ["previews/bad.ts", 'export * from "@groundplan/local";'],
  ["previews/bad.ts", 'export { vpc } from "@cdktf/provider-aws";'],
  ["modules/network/bad.ts", 'export * from "../../previews/preview";'],
  ["overlays/bad.ts", 'export * from "../previews/preview";'],
  ["stacks/bad.ts", 'export * from "../previews/preview";'],
  ["cli/plan/bad.ts", 'export * from "../../previews/input";'],
  ["local/bad.ts", 'export * from "../previews/input";'],
  ["services/api/src/bad.ts", 'export * from "../../../previews/input";'],
  ["main.ts", 'export * from "./previews/preview";'],
  ["main.ts", 'export * from "./cli/main";'],
  ["main.ts", 'export * from "groundplan";'],
  ["main.ts", 'export * from "@groundplan/local";'],
  ["main.ts", 'export { vpc } from "@cdktf/provider-aws";'],
  ["cli/plan/bad.ts", 'export * from "@groundplan/modules/core";'],
  ["cli/plan/bad.ts", 'export type { Vpc } from "../../modules/network";'],
  ["cli/bad.ts", 'export * from "../stacks";'],
  ["cli/plan/bad.ts", 'export * from "../../overlays/environment";'],
  ["cli/bad.ts", 'export * from "../main";'],
  ["services/api/src/bad.ts", 'export * from "../../../modules/core";'],
  ["services/api/src/bad.ts", 'export { App } from "cdktf";'],
  ["services/api/src/bad.ts", 'export * from "@groundplan/local";'],
  ["services/api/src/bad.ts", 'export * from "../../../overlays/environment";'],
  ["services/api/src/bad.ts", 'export * from "../../../platform";'],
  ["local/bad.ts", 'export * from "@groundplan/modules/core";'],
  ["local/bad.ts", 'export * from "../stacks/network";'],
  ["local/daemon/bad.ts", 'export * from "../../overlays";'],
  ["local/bad.ts", 'export * from "../cli/main";'],
  ["local/bad.ts", 'export * from "../main";'],
];

let tree: LintedTree;

beforeEach(() => {
  tree = new LintedTree(CLEAN);
});

test("a tree whose imports run to the left passes", () => {
  const { status, output } = tree.lint();
  expect(output).not.toContain("bad.ts");
  expect(status).toBe(0);
});

test.each(FAULTS)("%s must not hold %s", (file, line) => {
  // GIVEN
  tree.write(file, `${line}\n`);
  // WHEN
  const { status, output } = tree.lint();
  // THEN
  expect(output).toMatch(new RegExp(`${file}:\\d+:\\d+ (plugin|lint/style/noRestrictedImports)`));
  expect(status).toBe(1);
});
