import { App, TerraformStack, Testing } from "cdktf";
import { addStacks } from "../../stacks";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { environments, platform } from "../platform";

class ExampleStack extends EnvironmentStack {}

const [dev, staging, prod] = environments;
if (!dev || !staging || !prod) throw new Error("an environment is missing");

test("a stack of an environment: its id, its state, its account and its provider", () => {
  const stack = new ExampleStack(Testing.app(), "example", { platform, environment: dev });
  const { terraform, provider } = JSON.parse(Testing.synth(stack));
  expect(stack.node.id).toBe("dev-example");
  expect(terraform.backend.s3).toMatchObject({
    bucket: `groundplan-terraform-state-${dev.account}-${platform.region}`,
    key: "environments/dev/example/terraform.tfstate",
    allowed_account_ids: [dev.account],
  });
  expect(provider.aws).toEqual([{ region: dev.region, allowed_account_ids: [dev.account] }]);
});

/** The ids of all stacks, and the key of each one's state. */
function stacksOf(all: typeof environments): Readonly<Record<string, string>> {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, all);
  const stacks = app.node.children.filter((node) => TerraformStack.isStack(node));
  return Object.fromEntries(
    stacks.map((node) => {
      const { terraform } = JSON.parse(Testing.synth(node));
      return [node.node.id, `${terraform.backend.s3.bucket}/${terraform.backend.s3.key}`];
    }),
  );
}

test("every stack has a state of its own", () => {
  const stacks = stacksOf(environments);
  // A team has units of its own beside these.
  const units = /^(?:state|identity|.*-(?:network|registry|cluster|addons|api))$/;
  expect(Object.keys(stacks).filter((id) => units.test(id))).toEqual([
    "state",
    "identity",
    "dev-network",
    "dev-registry",
    "dev-cluster",
    "dev-addons",
    "dev-api",
    "staging-network",
    "staging-registry",
    "staging-cluster",
    "staging-addons",
    "staging-api",
    "prod-network",
    "prod-registry",
    "prod-cluster",
    "prod-addons",
    "prod-api",
  ]);
  expect(new Set(Object.values(stacks)).size).toBe(Object.keys(stacks).length);
});

test("with several accounts, each has a state stack and an identity stack", () => {
  const stacks = stacksOf([dev, { ...prod, account: "210987654321" }]);
  expect(Object.keys(stacks).filter((id) => id.startsWith("state"))).toEqual([
    "state-123456789012",
    "state-210987654321",
  ]);
  expect(Object.keys(stacks).filter((id) => id.startsWith("identity"))).toEqual([
    "identity-123456789012",
    "identity-210987654321",
  ]);
  expect(stacks["prod-network"]).toMatch(/^groundplan-terraform-state-210987654321-/);
});
