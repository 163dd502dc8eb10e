import { App, type TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";
import { ApiStack } from "../../stacks/api";
import { StateStack } from "../../stacks/state";
import { environments, platform } from "../platform";

const app = () => new App({ outdir: Testing.app().outdir });
const json = (stack: TerraformStack) => JSON.parse(Testing.synth(stack));

/** The api stack of an environment, synthesized. */
function apiJson(name: string, change: Partial<Platform> = {}) {
  const index = environments.findIndex((environment) => environment.name === name);
  const environment = environments[index];
  if (!environment) throw new Error(`no environment ${name}`);
  const promotedFrom = environments[index - 1];
  return json(new ApiStack(app(), { platform: { ...platform, ...change }, environment, promotedFrom }));
}

/** The state stack of an account, synthesized. */
function stateJson(account: string, change: Partial<Platform>, all: readonly Environment[]) {
  const id = `state-${account}`;
  return json(
    new StateStack(app(), id, { platform: { ...platform, ...change }, account, environments: all }),
  );
}

test.each(environments.map(({ name }) => name))("%s: the function, its API, and what it tells", (name) => {
  const { resource, data, output } = apiJson(name);
  const [made] = Object.values<Record<string, unknown>>(resource.aws_lambda_function);
  expect(made).toMatchObject({ function_name: `groundplan-${name}-api`, publish: true });
  expect(made?.dead_letter_config).toBeUndefined();
  expect(Object.values(data.aws_ssm_parameter)).toMatchObject([{ name: `/groundplan/${name}/api/artifact` }]);
  expect(resource.aws_ssm_parameter.contract).toMatchObject({ name: `/groundplan/${name}/api` });
  expect(output.invoke_url.value).toMatch(/^\$\{aws_apigatewayv2_api\..*\.api_endpoint\}$/);
});

test("what differs: dev switches at once, prod step by step", () => {
  const percent = (name: string) => {
    const value = String(apiJson(name).resource.aws_ssm_parameter.contract.insecure_value);
    return /"canaryPercent" = (\d+)/.exec(value)?.[1];
  };
  expect(["dev", "staging", "prod"].map(percent)).toEqual(["100", "50", "10"]);
  const from = (name: string) => apiJson(name).output.deployables.value[0].promotedFrom;
  expect(["dev", "staging", "prod"].map(from)).toEqual([undefined, "dev", "staging"]);
});

test("one bucket for the artifacts of all environments, in one account", () => {
  const all = environments.map((environment, index) => ({
    ...environment,
    account: String(index + 1).repeat(12),
  }));
  const change = { artifactAccount: "333333333333" };
  const { output, resource } = stateJson("333333333333", change, all);
  expect(output.artifact_bucket.value).toBe("groundplan-artifacts-333333333333-us-east-1");
  const policies = JSON.stringify(resource.aws_s3_bucket_policy);
  for (const account of ["111111111111", "222222222222"]) expect(policies).toContain(`:iam::${account}:root`);
  expect(stateJson("111111111111", change, all).output).toBeUndefined();
});

test("an environment in another Region than the artifacts is refused", () => {
  expect(() => apiJson("dev", { region: "eu-west-1" })).toThrow(
    /artifacts are in eu-west-1, and environment dev is in us-east-1[\s\S]*at dev-api/,
  );
});
