import { App, TerraformStack, Testing } from "cdktf";
import { addStacks } from "../../stacks";
import { platform } from "../platform";
import { previewOf } from "../previews/documents";

import { everything } from "./everything";
import { functionsConfiguration } from "./functions-configuration";
import { ownStacks } from "./own-stacks";
import { deprecatedInKubernetes3, droppedIn } from "./provider-6";

/** Every stack with every part turned on. */
function everyPart(): readonly string[] {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, { ...platform, stateEncryption: "own" }, [everything("dev"), everything("prod")]);
  return app.node.children
    .filter((node) => TerraformStack.isStack(node))
    .map((stack) => Testing.synth(stack));
}

const all = [...ownStacks().values(), ...everyPart(), functionsConfiguration("^6.29.0")];

test("nothing that version 6 of the AWS provider removes, renames or deprecates stands in a stack", () => {
  expect(all.length).toBeGreaterThan(20);
  expect(all.flatMap(droppedIn)).toEqual([]);
});

/** A document of a template, with a schedule or a database where it needs one. */
const configOf = (template: string) => ({
  template,
  ...(template === "api-database" ? { database: "shared" } : {}),
  ...(template === "scheduled-worker" ? { config: { schedule: { expression: "rate(1 hour)" } } } : {}),
});

test.each(["api-service", "api-database", "scheduled-worker"])("nor in a preview of %s", (template) => {
  expect(droppedIn(previewOf(configOf(template)).text)).toEqual([]);
});

test.each<[string, object, string]>([
  [
    "an argument that was removed",
    { resource: { aws_eks_addon: { dns: { resolve_conflicts: "OVERWRITE" } } } },
    "aws_eks_addon.dns: resolve_conflicts",
  ],
  ["one that was renamed", { resource: { aws_eip: { nat: { vpc: true } } } }, "aws_eip.nat: vpc"],
  ["a type", { resource: { aws_simpledb_domain: { a: {} } } }, "aws_simpledb_domain.a: the type itself"],
  [
    "an attribute that has another meaning",
    { output: { region: { value: "${data.aws_region.here.name}" } } },
    "data.aws_region: name is region now",
  ],
  [
    "an image of anybody",
    { data: { aws_ami: { newest: { most_recent: true, filter: [{ name: "name", values: ["al2023*"] }] } } } },
    "data.aws_ami.newest: no owner",
  ],
  [
    "a number for a boolean",
    { resource: { aws_launch_template: { a: { block_device_mappings: [{ ebs: { encrypted: "1" } }] } } } },
    "aws_launch_template.a: encrypted is 0 or 1",
  ],
  [
    "an endpoint that is gone",
    { provider: { aws: [{ endpoints: [{ sdb: "http://x" }] }] } },
    "provider: an endpoint that is gone",
  ],
])("finds %s", (_, stack, what) => {
  expect(droppedIn(JSON.stringify(stack))).toEqual([what]);
});

test("an image of somebody, and what has kept its name, is taken", () => {
  const stack = {
    data: { aws_ami: { newest: { most_recent: true, owners: ["amazon"] } } },
    resource: { aws_eip: { nat: { domain: "vpc" } }, aws_launch_template: { a: { ebs_optimized: "true" } } },
  };
  expect(droppedIn(JSON.stringify(stack))).toEqual([]);
});

test("version 3 of the Kubernetes provider deprecates types without a version, and no label of null stands in a namespace", () => {
  expect(all.flatMap(deprecatedInKubernetes3)).toEqual([]);
  const old = {
    resource: {
      kubernetes_namespace: { a: {} },
      kubernetes_namespace_v1: { b: { metadata: { labels: { x: null } } } },
    },
  };
  expect(deprecatedInKubernetes3(JSON.stringify(old))).toEqual([
    "kubernetes_namespace.a: kubernetes_namespace_v1 takes its place",
    "kubernetes_namespace_v1.b: a label or annotation is null",
  ]);
});
