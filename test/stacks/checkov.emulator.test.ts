import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CLUSTER } from "@groundplan/modules/cluster/contract";
import { App, TerraformStack, Testing } from "cdktf";
import { environments } from "../../overlays";
import { addStacks } from "../../stacks";
import { type Emulator, startEmulator } from "../emulator";
import { platform } from "../platform";
import { TerraformFolder } from "../terraform";
import { type CheckovException, EXCEPTIONS } from "./checkov-exceptions";
import { clusterChoices, networkChoices } from "./choices";
import { lackingProviders, lockFor, withoutProviders } from "./configurations";
import { everything } from "./everything";
import { functionsConfiguration } from "./functions-configuration";
import { ownStacks } from "./own-stacks";
import { runnersConfiguration, SERVICES } from "./runners-environment";

const ROOT = join(__dirname, "..", "..");
const LACKING = lackingProviders();

/** An environment that has runners, which those of the repository need not have. */
const WITH_RUNNERS = "runs-jobs";

/** One failed check of one resource. */
interface Finding {
  readonly check: string;
  readonly name: string;
  readonly resource: string;
}

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => emulator?.stop());

/** The interpreter that `node tools/setup.mjs --tests` has put checkov into. */
function python(): string {
  const memory = join(ROOT, ".groundplan", "checkov.json");
  if (!existsSync(memory))
    throw new Error("checkov is not installed\n  install it: node tools/setup.mjs --tests");
  return JSON.parse(readFileSync(memory, "utf8")).python;
}

/**
 * What checkov finds in the plan of configurations, which are planned as modules of one.
 *
 * The severities of checkov's own checks are not public, so every failed check counts as high.
 */
async function findings(stacks: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const folder = new TerraformFolder(emulator.environment);
  try {
    const modules = Object.keys(stacks).map((stack) => [stack, { source: `./${stack}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", lockFor(Object.values(stacks)));
    for (const [stack, json] of Object.entries(stacks)) {
      const configuration = JSON.parse(json);
      delete configuration.terraform?.backend;
      folder.write(`${stack}/cdk.tf.json`, JSON.stringify(configuration));
    }
    await folder.succeed("init", "-input=false", "-no-color");
    await folder.succeed("plan", "-input=false", "-no-color", "-out=plan");
    folder.write("plan.json", await folder.succeed("show", "-json", "plan"));
    const flags = [
      "--framework",
      "terraform_plan",
      "--output",
      "json",
      "--compact",
      "--quiet",
      "--skip-download",
    ];
    const file = join(folder.path, "plan.json");
    const { stdout, stderr } = spawnSync(python(), ["-m", "checkov.main", ...flags, "--file", file], {
      encoding: "utf8",
      maxBuffer: 64 * 2 ** 20,
    });
    if (!stdout.trim().startsWith("{")) throw new Error(`checkov gave no report\n${stderr || stdout}`);
    const { results, summary } = JSON.parse(stdout);
    if (!summary || summary.parsing_errors > 0 || summary.resource_count === 0) {
      throw new Error(`checkov could not read the plan: ${JSON.stringify(summary)}`);
    }
    return results.failed_checks.map((each: Record<string, string>) => ({
      check: each.check_id,
      name: each.check_name,
      resource: each.resource_address ?? each.resource,
    }));
  } finally {
    folder.remove();
  }
}

function excepts({ check, resource }: CheckovException, finding: Finding): boolean {
  return finding.check === check && resource.test(finding.resource);
}

/** Findings without an exception, and exceptions without a finding, in words. */
function faults(found: readonly Finding[], exceptions: readonly CheckovException[]): readonly string[] {
  const open = found.filter((finding) => !exceptions.some((exception) => excepts(exception, finding)));
  const unused = exceptions.filter((exception) => !found.some((finding) => excepts(exception, finding)));
  return [
    ...open.map(({ check, name, resource }) => `${check} ${resource}: ${name}`),
    ...unused.map(({ check, resource }) => `exception ${check} ${resource} is not needed: remove it`),
  ];
}

/** Publishes what the stacks of the environments look up: a stack can be planned once the one before it stands. */
async function publishContracts(): Promise<void> {
  const networkIn = (availabilityZones: readonly string[]) => ({
    vpcId: "vpc-0a1b2c3d4e5f60718",
    availabilityZones,
    privateSubnetIds: availabilityZones.map((_, index) => `subnet-0a1b2c3d4e5f6071${index}`),
    isolatedSubnetIds: availabilityZones.map((_, index) => `subnet-0a1b2c3d4e5f6072${index}`),
    podSubnetIds: availabilityZones.map((_, index) => `subnet-0a1b2c3d4e5f6073${index}`),
  });
  const cluster = {
    ...Object.fromEntries(Object.keys(CLUSTER.shape).map((key) => [key, `a-${key}`])),
    arn: "arn:aws:eks:us-east-1:123456789012:cluster/a-name",
    nodeRoleArn: "arn:aws:iam::123456789012:role/a-nodeRoleName",
    certificateAuthorityData: Buffer.from("a certificate").toString("base64"),
  };
  const artifact = {
    ...{ bucket: "artifacts", key: "artifacts/api/a.zip", versionId: "v1", sha256: "a", commit: "b" },
    ...{ sourceCodeHash: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", stableVersion: "", weight: 0 },
  };
  const runners = Object.fromEntries(SERVICES.map((service) => [`${service}/artifact`, artifact]));
  const parametersOf = (name: string, documents: object) =>
    Object.entries(documents).map(([stack, document]) => [
      `${name}-${stack.replace("/", "-")}`,
      { name: `/groundplan/${name}/${stack}`, type: "String", insecure_value: JSON.stringify(document) },
    ]);
  const parameters = [
    ...environments.flatMap(({ name, network }) =>
      parametersOf(name, {
        network: networkIn(network.availabilityZones),
        cluster,
        "api/artifact": artifact,
      }),
    ),
    ...parametersOf(WITH_RUNNERS, { network: networkIn(["us-east-1a", "us-east-1b"]), ...runners }),
  ];
  const folder = new TerraformFolder(emulator.environment, emulator.provider);
  try {
    const resource = { aws_ssm_parameter: Object.fromEntries(parameters) };
    folder.write("main.tf.json", JSON.stringify({ provider: { aws: { region: "us-east-1" } }, resource }));
    folder.write(".terraform.lock.hcl", lockFor([]));
    await folder.succeed("init", "-input=false", "-no-color");
    await folder.succeed("apply", "-input=false", "-no-color", "-auto-approve");
  } finally {
    folder.remove();
  }
}

/** What an environment may choose and none of the repository's has, by stack: all add-ons, own images, Fargate, Auto Mode. */
async function choices(): Promise<Readonly<Record<string, string>>> {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
  const Filters = [{ Name: "architecture", Values: ["arm64"] }];
  const asked = new DescribeImagesCommand({ Filters });
  const { Images = [] } = await new EC2Client({ endpoint, region, credentials }).send(asked);
  const image = Images[0]?.ImageId ?? "";
  const base = everything("dev");
  const all = {
    ...base,
    network: networkChoices(base.network),
    cluster: clusterChoices(base, { al2023: image, bottlerocket: image }),
    addons: {
      ...base.addons,
      kubePrometheusStack: true,
      certManager: true,
      externalSecrets: { secrets: ["groundplan/dev/*"] },
    },
  };
  const auto = { ...base, cluster: { ...base.cluster, compute: "auto" as const } };
  const stacksOf = (environment: typeof base, name: string, units: readonly string[]) => {
    const app = new App({ outdir: Testing.app().outdir });
    addStacks(app, platform, [environment]);
    return units.flatMap((unit) => {
      const stack = app.node.tryFindChild(`dev-${unit}`);
      if (!TerraformStack.isStack(stack)) throw new Error(`there is no stack ${unit}`);
      return [[`${name}-${unit}`, withoutProviders(Testing.synth(stack), LACKING)] as const];
    });
  };
  return Object.fromEntries([
    ...stacksOf(all, "choices", ["network", "registry", "cluster", "addons"]),
    ...stacksOf(auto, "auto", ["cluster"]),
    ["choices-functions", functionsConfiguration()] as const,
  ]);
}

test("checkov finds nothing in the plan of any stack but what is excepted with a reason", async () => {
  // What is in a cluster is not checked here: its charts have their own restricted namespaces.
  const stacks = [...ownStacks()].map(([stack, json]) => [stack, withoutProviders(json, LACKING)]);
  await publishContracts();
  const runners = [`${WITH_RUNNERS}-runners`, runnersConfiguration(WITH_RUNNERS)];
  const found = await findings({ ...Object.fromEntries([...stacks, runners]), ...(await choices()) });
  expect(faults(found, EXCEPTIONS)).toEqual([]);
});

test("a public bucket is found", async () => {
  const bucket = {
    provider: { aws: { region: "us-east-1" } },
    resource: {
      aws_s3_bucket: { open: { bucket: "open-bucket" } },
      aws_s3_bucket_public_access_block: {
        open: { bucket: "open-bucket", block_public_acls: false, block_public_policy: false },
      },
    },
  };
  const found = await findings({ open: JSON.stringify(bucket) });
  expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(["CKV_AWS_53", "CKV_AWS_54"]));
  expect(faults(found, [])).not.toEqual([]);
});

test("an exception that nothing needs is a fault, and so is a finding that none covers", () => {
  const finding = { check: "CKV_AWS_1", name: "a rule", resource: "module.dev-network.aws_vpc.a" };
  const exception = { check: "CKV_AWS_1", resource: /\.aws_vpc\./, reason: "why" };
  expect(faults([finding], [exception])).toEqual([]);
  expect(faults([], [exception])).toEqual(["exception CKV_AWS_1 /\\.aws_vpc\\./ is not needed: remove it"]);
  expect(faults([finding], [{ ...exception, check: "CKV_AWS_2" }])).toHaveLength(2);
});
