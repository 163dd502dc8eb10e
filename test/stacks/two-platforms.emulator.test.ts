import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { App, TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import { addStacks } from "../../stacks";
import { type Emulator, startEmulator } from "../emulator";
import { environments, platform as own } from "../platform";
import { TerraformFolder } from "../terraform";

const PLATFORMS = ["alpha", "beta"];
const UNITS = ["network", "registry"];

let emulator: Emulator;
const folders: TerraformFolder[] = [];
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  for (const folder of folders) folder.remove();
  await emulator?.stop();
});

/** The smallest environment `dev` that has every name of a network and a registry. */
function dev(): Environment {
  const [first] = environments;
  if (!first) throw new Error("there is no environment");
  const { region } = own;
  return {
    ...first,
    name: "dev",
    account: "123456789012",
    region,
    network: {
      ...first.network,
      availabilityZones: [`${region}a`, `${region}b`],
      nat: "none",
      interfaceEndpoints: ["sts"],
      flowLogs: { destination: "cloudwatch", retentionDays: 30, encrypted: true },
    },
    cluster: { ...first.cluster, zones: [`${region}a`, `${region}b`] },
    registry: { ...first.registry, repositories: ["api"], encryption: "KMS", pullThrough: ["ecr-public"] },
  };
}

/** Stacks of `dev` of a platform, each in a folder with a local state. */
function stacksOf(name: string): readonly TerraformFolder[] {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, { ...own, name }, [dev()]);
  return UNITS.map((unit) => {
    const stack = app.node.findChild(`dev-${unit}`);
    if (!TerraformStack.isStack(stack)) throw new Error(`dev-${unit} is no stack`);
    const configuration = JSON.parse(Testing.synth(stack)) as { terraform: { backend?: unknown } };
    delete configuration.terraform.backend;
    const folder = new TerraformFolder(emulator.environment, emulator.provider);
    folder.write("cdk.tf.json", JSON.stringify(configuration));
    folders.push(folder);
    return folder;
  });
}

test("two platforms with the same environment stand in one account and Region, and neither sees a change", async () => {
  const all = PLATFORMS.flatMap(stacksOf);
  await Promise.all(all.map((folder) => folder.succeed("init", "-input=false")));
  // One after the other: the second finds all names of the first taken.
  for (const folder of all) await folder.succeed("apply", "-auto-approve", "-input=false");

  for (const folder of all) {
    const { code, output } = await folder.run("plan", "-input=false", "-detailed-exitcode");
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  }

  const ssm = new SSMClient({
    region: own.region,
    endpoint: emulator.environment.AWS_ENDPOINT_URL ?? "",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  for (const name of PLATFORMS) {
    const { Parameters = [] } = await ssm.send(
      new GetParametersByPathCommand({ Path: `/${name}/`, Recursive: true }),
    );
    expect(Parameters.map(({ Name }) => Name).sort()).toEqual(UNITS.map((unit) => `/${name}/dev/${unit}`));
  }
});
