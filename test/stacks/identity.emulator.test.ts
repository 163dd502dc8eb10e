import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Testing } from "cdktf";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { IdentityStack } from "../../stacks/identity";
import { type Emulator, startEmulator } from "../emulator";
import { TerraformFolder } from "../terraform";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());

const ACCOUNT = "123456789012";

/** The stack with its state beside it, so that no bucket has to be made first. */
function identityStack(): string {
  const github = { ...platform.github, ownerId: "583231", repositoryId: "1296269" };
  const settings = { ...platform, github, stateEncryption: "own", locking: "both" } as const;
  const stack = new IdentityStack(Testing.app(), "identity", {
    platform: settings,
    account: ACCOUNT,
    environments,
  });
  const configuration = JSON.parse(Testing.synth(stack));
  delete configuration.terraform.backend;
  return JSON.stringify(configuration);
}

/** What an environment's parameter tells. */
async function contract(environment: string): Promise<unknown> {
  const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
  const client = new SSMClient({ endpoint, region: "us-east-1", credentials });
  const { Parameter } = await client.send(
    new GetParameterCommand({ Name: `/groundplan/${environment}/identity` }),
  );
  return JSON.parse(Parameter?.Value ?? "");
}

test("deployed, no second change, read by the environments, destroyed", async () => {
  const folder = new TerraformFolder(emulator.environment, emulator.provider);
  try {
    folder.write("cdk.tf.json", identityStack());
    await folder.succeed("init", "-input=false");
    await folder.succeed("apply", "-auto-approve", "-input=false");
    expect(await folder.run("plan", "-detailed-exitcode", "-input=false")).toMatchObject({ code: 0 });
    expect(await contract("prod")).toEqual({
      githubOidcProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
      planRoleArn: `arn:aws:iam::${ACCOUNT}:role/github/groundplan-plan`,
      applyRoleArn: `arn:aws:iam::${ACCOUNT}:role/github/groundplan-apply-prod`,
    });
    expect(JSON.parse(await folder.succeed("output", "-json"))).toMatchObject({
      "plan-role": { value: `arn:aws:iam::${ACCOUNT}:role/github/groundplan-plan` },
      "apply-role-dev": { value: `arn:aws:iam::${ACCOUNT}:role/github/groundplan-apply-dev` },
    });
    await folder.succeed("destroy", "-auto-approve", "-input=false");
    expect((await folder.succeed("state", "list")).trim()).toBe("");
  } finally {
    folder.remove();
  }
});
