import { awsProvider, lookup, publish } from "@groundplan/modules/core";
import {
  PullThroughCache,
  REGISTRY,
  Registry,
  type RegistryProps,
  RegistryReplication,
  RegistryScanning,
} from "@groundplan/modules/registry";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { type Emulator, startEmulator } from "../../emulator";
import { TerraformFolder } from "../../terraform";

const DEV = { platform: "groundplan", environment: "dev" };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());

const PLACE = { region: "us-east-1", account: "123456789012" };

/** A registry with everything on, whose contract is published. */
function registryStack(change: Partial<RegistryProps> = {}): string {
  const stack = new TerraformStack(Testing.app(), "dev-registry");
  awsProvider(stack, PLACE);
  const registry = new Registry(stack, "registry", {
    ...PLACE,
    prefix: "groundplan/dev",
    repositories: ["api", "team/frontend"],
    keyDeletionDays: 7,
    retention: { otherTaggedDays: 14 },
    ...change,
  });
  const api = registry.repository("api");
  api.grantPull({ account: "210987654321" });
  api.grantPull({
    service: "lambda.amazonaws.com",
    sourceArn: "arn:aws:lambda:us-east-1:123456789012:function:*",
  });
  api.grantPush({ account: "111111111111" });
  const destinations = [{ region: "eu-west-1" }, { region: "us-east-1", account: "210987654321" }];
  new RegistryReplication(stack, "replication", {
    ...PLACE,
    destinations: change.repositories === undefined ? destinations : destinations.slice(0, 1),
    prefixes: ["groundplan/dev/"],
  });
  new RegistryScanning(stack, "scanning", { continuous: ["groundplan/*"] });
  const kmsKeyArn = registry.kmsKeyArn ?? "";
  const cached = { ...PLACE, prefix: "dev", tags: { Team: "platform" } };
  const plain = new PullThroughCache(stack, "plain", { ...cached, upstream: "ecr-public", kmsKeyArn });
  const hub = new PullThroughCache(stack, "hub", {
    ...cached,
    upstream: "docker-hub",
    credentialArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf",
  });
  const entries = [...registry.repositories];
  publish(stack, DEV, REGISTRY, {
    registryId: registry.registryId,
    repositoryUrls: Object.fromEntries(entries.map(([name, one]) => [name, one.repositoryUrl])),
    repositoryArns: Object.fromEntries(entries.map(([name, one]) => [name, one.repositoryArn])),
    kmsKeyArns: [kmsKeyArn],
    pullThroughPrefixes: { "ecr-public": plain.repositoryPrefix, "docker-hub": hub.repositoryPrefix },
  });
  return Testing.synth(stack);
}

/** A stack that reads the contract and gives it out. */
function consumerStack(): string {
  const stack = new TerraformStack(Testing.app(), "dev-api");
  awsProvider(stack, PLACE);
  const found = lookup(stack, DEV, REGISTRY);
  new TerraformOutput(stack, "urls", { value: found.repositoryUrls });
  new TerraformOutput(stack, "keys", { value: found.kmsKeyArns });
  new TerraformOutput(stack, "id", { value: found.registryId });
  return Testing.synth(stack);
}

/** What a plan would do, by address. */
async function planned(folder: TerraformFolder): Promise<Readonly<Record<string, string>>> {
  await folder.succeed("plan", "-input=false", "-out=plan");
  const { resource_changes: changes = [] } = JSON.parse(await folder.succeed("show", "-json", "plan")) as {
    resource_changes?: readonly { address: string; mode: string; change: { actions: readonly string[] } }[];
  };
  const changed = changes.filter(
    ({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op",
  );
  return Object.fromEntries(changed.map(({ address, change }) => [address, change.actions.join()]));
}

test("deployed, no second change, read by another stack, one repository less, destroyed", async () => {
  const folder = new TerraformFolder(emulator.environment, emulator.provider);
  const consumer = new TerraformFolder(emulator.environment, emulator.provider);
  try {
    folder.write("cdk.tf.json", registryStack());
    await folder.succeed("init", "-input=false");
    await folder.succeed("apply", "-auto-approve", "-input=false");
    expect(await planned(folder)).toEqual({});

    consumer.write("cdk.tf.json", consumerStack());
    await consumer.succeed("init", "-input=false");
    await consumer.succeed("apply", "-auto-approve", "-input=false");
    expect(JSON.parse(await consumer.succeed("output", "-json"))).toMatchObject({
      urls: {
        value: {
          api: expect.stringMatching(/groundplan\/dev\/api$/),
          "team/frontend": expect.stringMatching(/groundplan\/dev\/team\/frontend$/),
        },
      },
      keys: { value: [expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//)] },
      id: { value: "123456789012" },
    });

    folder.write("cdk.tf.json", registryStack({ repositories: ["api"] }));
    const changes = Object.entries(await planned(folder)).map(([address, actions]) => [
      address.replace(/_[0-9A-F]{8}$/, ""),
      actions,
    ]);
    expect(changes).toEqual([
      ["aws_ecr_lifecycle_policy.registry_repositories_team--frontend_lifecycle", "delete"],
      ["aws_ecr_replication_configuration.replication", "update"],
      ["aws_ecr_repository.registry_repositories_team--frontend_repository", "delete"],
      ["aws_ssm_parameter.contract", "update"],
    ]);
    await folder.succeed("destroy", "-auto-approve", "-input=false");
  } finally {
    folder.remove();
    consumer.remove();
  }
});
