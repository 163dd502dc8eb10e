import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { documentOf } from "../formats/held";
import { build, groundplan, type Run } from "../groundplan";
import { type StateProject, type StateProjectProps, stateProject } from "../project";
import { LOCK_ID, StateAccount } from "../state-account";

let emulator: Emulator;
let aws: StateAccount;
const projects: StateProject[] = [];

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  aws = new StateAccount(emulator.environment);
});

afterAll(async () => {
  for (const project of projects) project.remove();
  await emulator?.stop();
});

function projectOf(props: StateProjectProps): StateProject {
  const project = stateProject(props);
  projects.push(project);
  return project;
}

async function bootstrap({ folder }: StateProject, ...args: readonly string[]): Promise<Run> {
  const env = { ...emulator.environment, ...(await emulator.provider.serve(folder)) };
  return groundplan(["bootstrap", "--json", ...args], { cwd: folder, env });
}

/** What a bootstrap says of its stacks. */
function stacksOf({ stdout }: Run) {
  interface Stacks {
    readonly stacks: readonly [{ readonly outcome: string; readonly imported: readonly string[] }];
  }
  return documentOf<Stacks>("bootstrap", stdout).stacks;
}

const SETTINGS = [
  "aws_s3_bucket",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

describe.each(["dynamodb", "both", "s3"] as const)("locking by %s", (locking) => {
  const bucket = `fresh-${locking}`;
  let project: StateProject;
  beforeAll(() => {
    project = projectOf({ bucket, locking });
  });

  test("makes all, and moves the state into the bucket", async () => {
    const first = await bootstrap(project);

    expect(first).toMatchObject({ code: 0 });
    expect(stacksOf(first)).toMatchObject([
      { bucket, account: "123456789012", outcome: "created", imported: [] },
    ]);
    const table = locking === "s3" ? [] : ["aws_dynamodb_table"];
    expect(await aws.stateIn(bucket)).toEqual([...table, ...SETTINGS]);
    expect(existsSync(project.work)).toBe(false);
    if (locking !== "s3") expect(await aws.locks(project.table)).toEqual([]);
  });

  test("names the holder of a lock that was left behind", async () => {
    await (locking === "dynamodb" ? aws.lockInTable(project.table, bucket) : aws.lockFile(bucket));

    const { code, stderr } = await bootstrap(project);

    expect(code).toBe(4);
    expect(stderr).toContain("is locked by ci@runner-7 since 2026-11-20T10:00:00");
    expect(stderr).toContain(`npx groundplan bootstrap --force-unlock ${LOCK_ID}`);
    if (locking === "both") await aws.unlockFile(bucket);
  });

  test("releases that lock on request, and changes nothing of what stands", async () => {
    const run = await bootstrap(project, ...(locking === "both" ? [] : ["--force-unlock", LOCK_ID]));

    expect(run.code).toBe(0);
    expect(stacksOf(run)).toMatchObject([{ outcome: "unchanged" }]);
  });
});

test("takes over buckets and a table that exist", async () => {
  const project = projectOf({ bucket: "existing", artifacts: "existing-artifacts" });
  await aws.createBucket("existing");
  await aws.createBucket("existing-artifacts");
  await aws.keepVersions("existing-artifacts");
  await aws.createTable(project.table);

  const run = await bootstrap(project);

  expect(run.code).toBe(0);
  const [{ outcome, imported }] = stacksOf(run);
  expect(outcome).toBe("created");
  const artifacts = ["aws_s3_bucket.artifacts", "aws_s3_bucket_versioning.artifacts"];
  expect(imported).toEqual(
    expect.arrayContaining(["aws_s3_bucket.state", "aws_dynamodb_table.locks", ...artifacts]),
  );
  // Versioning was never set on it, so there is nothing to take over: it is made.
  expect(imported).not.toContain("aws_s3_bucket_versioning.state");
  const all = ["aws_dynamodb_table", "aws_s3_bucket", "aws_s3_bucket_versioning", ...SETTINGS];
  expect(await aws.stateIn("existing")).toEqual(all.sort());
});

test("refuses a table that is not a lock table, and leaves it as it is", async () => {
  const project = projectOf({ bucket: "other-table" });
  await aws.createTable(project.table, "OrderId");

  const { code, stderr } = await bootstrap(project);

  expect(code).toBe(4);
  expect(stderr).toContain("is not a lock table: its key is not LockID");
  expect(existsSync(project.work)).toBe(false);
});

test("refuses the credentials of another account than the stack's", async () => {
  const { code, stderr } = await bootstrap(projectOf({ bucket: "elsewhere", account: "999988887777" }));

  expect(code).toBe(4);
  expect(stderr).toContain(
    "the credentials are of account 123456789012, and stack state is for 999988887777",
  );
});

test("refuses a bucket of another account", async () => {
  await new StateAccount(emulator.environment, "999988887777").createBucket("taken");

  for (const project of [{ bucket: "taken" }, { bucket: "free", artifacts: "taken" }]) {
    const { code, stderr } = await bootstrap(projectOf(project));

    expect(code).toBe(4);
    expect(stderr).toContain("bucket taken is not account 123456789012's");
    expect(stderr).toContain("choose another platform name");
  }
  expect(await aws.stateIn("free")).toBeUndefined();
});

test("a lock table that a stack names later is made, or taken over when it stands", async () => {
  const later = (locking: "s3" | "both") => projectOf({ bucket: "later", locking });
  expect(await bootstrap(later("s3"))).toMatchObject({ code: 0 });

  const made = await bootstrap(later("both"));

  expect(made).toMatchObject({ code: 0 });
  expect(stacksOf(made)).toMatchObject([{ outcome: "created", imported: [] }]);
  expect(await aws.stateIn("later")).toEqual(["aws_dynamodb_table", ...SETTINGS]);

  await aws.forgetResource("later", "aws_dynamodb_table");
  await aws.forgetChecksum(later("both").table, "later");
  const taken = await bootstrap(later("both"));

  expect(taken).toMatchObject({ code: 0 });
  expect(stacksOf(taken)).toMatchObject([{ outcome: "created", imported: ["aws_dynamodb_table.locks"] }]);
  expect(await aws.stateIn("later")).toEqual(["aws_dynamodb_table", ...SETTINGS]);
});

describe("a local state beside the one in the bucket", () => {
  let project: StateProject;
  const file = () => join(project.work, "local.tfstate");
  beforeAll(async () => {
    project = projectOf({ bucket: "beside" });
    expect(await bootstrap(project)).toMatchObject({ code: 0 });
  });

  test("is refused when it knows of more, and both are kept", async () => {
    project.makeWork();
    const resources = [{ mode: "managed", type: "aws_s3_bucket", name: "another", instances: [{}] }];
    writeFileSync(file(), JSON.stringify({ version: 4, serial: 1, lineage: "0", resources }));

    const { code, stderr } = await bootstrap(project);

    expect(code).toBe(4);
    expect(stderr).toContain("without aws_s3_bucket.another");
    expect(existsSync(file())).toBe(true);
    expect(await aws.stateIn("beside")).toHaveLength(6);
    rmSync(project.work, { recursive: true });
  });

  test("a state that is gone from the bucket is not buried: it is to be taken back", async () => {
    await aws.removeState("beside");

    const { code, stderr } = await bootstrap(project);

    expect(code).toBe(1);
    expect(stderr).toContain("the state of state was in the bucket and is gone");
    expect(await aws.stateIn("beside")).toBeUndefined();
  });

  test("one that was cut short is set aside, and what it held is found in AWS", async () => {
    await aws.forgetChecksum(project.table, "beside");
    project.makeWork();
    writeFileSync(file(), '{"version": 4, "resour');

    const run = await bootstrap(project);

    expect(run.code).toBe(0);
    const [{ imported }] = stacksOf(run);
    expect(imported).toContain("aws_s3_bucket_versioning.state");
    expect(await aws.stateIn("beside")).toHaveLength(6);
  });
});

test("without the emulator it says what cannot be reached", async () => {
  const env = { ...emulator.environment, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };

  const { code, stderr } = await groundplan(["bootstrap"], {
    cwd: projectOf({ bucket: "nobody" }).folder,
    env,
  });

  expect(code).toBe(3);
  expect(stderr).toContain("http://127.0.0.1:9 cannot be reached");
});

test("what Terraform repeats of a secret is in no message, and not in what is kept of its output", async () => {
  const project = projectOf({ bucket: "telling" });
  const file = join(project.stack, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8"));
  stack.variable = { login: { type: "string", sensitive: true } };
  const error_message = "Nobody is called ${nonsensitive(var.login)}: ask the platform team.";
  stack.resource.aws_s3_bucket.state.lifecycle = {
    precondition: [{ condition: '${var.login == "other"}', error_message }],
  };
  writeFileSync(file, JSON.stringify(stack));

  const failed = await groundplan(["bootstrap"], {
    cwd: project.folder,
    env: { ...emulator.environment, TF_VAR_login: "Quiet Otter" },
  });

  expect(failed.code).toBe(1);
  const log = readdirSync(project.work, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(project.work, name), "utf8"));
  for (const text of [failed.stdout, failed.stderr, ...log]) expect(text).not.toContain("Quiet Otter");
  for (const text of [failed.stderr, log.join("\n")])
    expect(text.replaceAll(/[\s│]+/g, " ")).toContain(
      "Nobody is called (sensitive value): ask the platform team.",
    );
});

test("an unknown state stack is answered with those there are", async () => {
  const { code, stderr } = await bootstrap(projectOf({ bucket: "named" }), "--stack", "stat");

  expect(code).toBe(2);
  expect(stderr).toContain("no state stack stat");
  expect(stderr).toContain("use one of state");
});
