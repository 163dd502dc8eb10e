import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Testing } from "cdktf";
import { IdentityStack } from "../../stacks/identity";
import { type Emulator, startEmulator } from "../emulator";
import { environments, platform } from "../platform";
import { judgedReadOnlyAccess, type ReadOnlyAccess, writeReadOnlyAccess } from "../security/read-only-access";
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

/** How the SDK finds the emulator. */
function configuration() {
  const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" } };
}

/** AWS's policy `ReadOnlyAccess` as the local AWS has it. */
async function readOnlyAccess(): Promise<ReadOnlyAccess> {
  const client = new IAMClient(configuration());
  const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
  const version = Policy?.DefaultVersionId ?? "";
  const of = new GetPolicyVersionCommand({ PolicyArn, VersionId: version });
  const { PolicyVersion } = await client.send(of);
  const { Statement } = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "")) as {
    Statement: readonly { readonly Action: string | readonly string[] }[];
  };
  return { version, actions: [...new Set(Statement.flatMap(({ Action }) => Action))].sort() };
}

/** What an environment's parameter tells. */
async function contract(environment: string): Promise<unknown> {
  const client = new SSMClient(configuration());
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

test("the ReadOnlyAccess that the plan's role has is the one whose actions are judged", async () => {
  const now = await readOnlyAccess();
  // A newer one: UPDATE_GOLDEN=1 takes it over, and test/security/plan-role.test.ts names what is to be judged.
  if (process.env.UPDATE_GOLDEN === "1") writeReadOnlyAccess(now);
  expect(now).toEqual(judgedReadOnlyAccess());
});
