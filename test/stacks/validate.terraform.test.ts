import { Testing } from "cdktf";
import { environments } from "../../overlays";
import type { Environment } from "../../overlays/environment";
import { platform } from "../../platform";
import { ClusterStack } from "../../stacks/cluster";
import { NetworkStack } from "../../stacks/network";
import { clusterChoices, networkChoices } from "./choices";
import { lackedBy, lackingProviders, withoutProviders } from "./configurations";
import { functionsConfiguration } from "./functions-configuration";
import { imagesConfigurations } from "./images-environment";
import { ownStacks } from "./own-stacks";
import { validate } from "./validated";

const LACKING = lackingProviders();
// What is off by default has no stack of its own there.
const all = new Map([
  ...ownStacks(),
  ...imagesConfigurations(),
  ["functions", functionsConfiguration()] as const,
]);

const [first] = environments;
if (!first) throw new Error("there is no environment");

/** The network and the cluster of an environment that differs, under names of their own. */
function made(name: string, change: Partial<Pick<Environment, "cluster" | "network">>) {
  const environment = { ...first, ...change } as Environment;
  const network = new NetworkStack(Testing.app(), { platform, environment });
  const cluster = new ClusterStack(Testing.app(), { platform, environment });
  return [
    [`${name}-network`, Testing.synth(network)],
    [`${name}-cluster`, Testing.synth(cluster)],
  ] as const;
}

const OWN = { al2023: "ami-0123456789abcdef0", bottlerocket: "ami-0123456789abcdef1" };
// What is off, or left to others, by default.
const choices = new Map([
  ...made("choices", { network: networkChoices(first.network), cluster: clusterChoices(first, OWN) }),
  ...made("auto", { cluster: { ...first.cluster, compute: "auto" } }),
]);

test("the real providers find no fault in any stack of any environment", async () => {
  expect([...all.keys()].filter((id) => id.endsWith("-addons"))).toHaveLength(environments.length);
  const possible = [...all].map(([id, json]) => [id, withoutProviders(json, LACKING)] as const);
  expect(await validate(new Map(possible))).toEqual([]);
});

for (const [id, json] of all) {
  const lacked = lackedBy(json, LACKING);
  if (lacked.length === 0) continue;
  // Its other resources were checked above.
  test.skip(`${id}, the resources of ${lacked.join(" and ")}: Terraform can get them neither from a mirror nor from the registry`, () => {});
}

test("nor in what an environment may choose: a pinned release's check, own AMIs, Fargate, pods' subnets, Auto Mode", async () => {
  expect(await validate(choices)).toEqual([]);
  const faulty = JSON.parse(choices.get("choices-cluster") ?? "");
  expect(faulty.check["node-image-pinned"].assert.condition).toContain("1.35.2-20261110");
  faulty.check["node-image-pinned"].assert.condition = "${data.aws_ssm_parameter.nobody.value == 1}";
  // Terraform then says of the message as well that it knows nothing.
  expect(await validate(new Map([["choices-cluster", JSON.stringify(faulty)]]))).toContainEqual(
    expect.objectContaining({ severity: "error", summary: "Reference to undeclared resource" }),
  );
});

test("an argument that the provider does not know is found in its stack", async () => {
  const json = all.get("state");
  if (!json) throw new Error("no stack");
  const faulty = JSON.parse(json);
  const [bucket] = Object.values<Record<string, unknown>>(faulty.resource.aws_s3_bucket);
  if (!bucket) throw new Error("no bucket");
  bucket.bukket = "x";
  expect(await validate(new Map([["state", JSON.stringify(faulty)]]))).toMatchObject([
    {
      severity: "error",
      summary: "Extraneous JSON object property",
      range: { filename: expect.stringMatching(/^state\//) },
    },
  ]);
});

test("what belongs to a provider that cannot be had is left out, and nothing else", () => {
  const json = JSON.stringify({
    terraform: { required_providers: { aws: { source: "aws" }, helm: { source: "helm" } } },
    provider: { aws: [{}], helm: [{}] },
    resource: {
      aws_vpc: { a: { depends_on: ["helm_release.b", "aws_vpc.c"] } },
      helm_release: { b: {} },
    },
  });
  const lacking = new Set(["registry.terraform.io/hashicorp/helm"]);
  expect(lackedBy(json, lacking)).toEqual(["hashicorp/helm"]);
  expect(JSON.parse(withoutProviders(json, lacking))).toEqual({
    terraform: { required_providers: { aws: { source: "aws" } } },
    provider: { aws: [{}] },
    resource: { aws_vpc: { a: { depends_on: ["aws_vpc.c"] } } },
  });
  expect(withoutProviders(json, new Set())).toBe(json);
});
