import { environments } from "../../overlays";
import { lackedBy, lackingProviders, withoutProviders } from "./configurations";
import { imagesConfigurations } from "./images-environment";
import { ownStacks } from "./own-stacks";
import { validate } from "./validated";

const LACKING = lackingProviders();
// What is off by default has no stack of its own there.
const all = new Map([...ownStacks(), ...imagesConfigurations()]);

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
