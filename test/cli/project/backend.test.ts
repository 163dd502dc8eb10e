import { s3State, stateStacks } from "../../../cli/project/backend";
import { findProject, readStacks, type Stack } from "../../../cli/project/project";
import { stateProject } from "../project";

function stacksOf(locking: "dynamodb" | "both" | "s3"): readonly Stack[] {
  const project = stateProject({ bucket: "a-bucket", locking });
  const stacks = readStacks(findProject(project.folder));
  project.remove();
  return stacks;
}

test.each([
  ["dynamodb", "a-bucket-locks", false],
  ["both", "a-bucket-locks", true],
  ["s3", undefined, true],
] as const)("reads where the state lies, with locking %s", (locking, table, lockFile) => {
  const [stack] = stacksOf(locking);

  const state = { bucket: "a-bucket", key: "state/terraform.tfstate", region: "us-east-1", table, lockFile };
  expect(stack && s3State(stack)).toMatchObject(state);
});

test("a stack that makes its own bucket is a state stack", () => {
  expect(stateStacks(stacksOf("dynamodb"))).toMatchObject([
    { bucketAddress: "aws_s3_bucket.state", tableAddress: "aws_dynamodb_table.locks" },
  ]);
  expect(stateStacks(stacksOf("s3"))).toMatchObject([{ tableAddress: undefined }]);
});

test("a stack that makes another bucket than its own is none, nor is one with a local backend", () => {
  const [stack] = stacksOf("s3");
  if (!stack) throw new Error("no stack");
  const other = {
    ...stack,
    json: { ...stack.json, resource: { aws_s3_bucket: { state: { bucket: "another" } } } },
  };
  const local = { ...stack, json: { ...stack.json, terraform: { backend: { local: {} } } } };

  expect(stateStacks([other, local])).toEqual([]);
});

describe("what the block leaves to the environment", () => {
  const environment = { ...process.env };
  beforeEach(() => {
    delete process.env.AWS_REGION;
    delete process.env.AWS_DEFAULT_REGION;
  });
  afterEach(() => {
    process.env = { ...environment };
  });

  const stackWith = (s3: Readonly<Record<string, unknown>>): Stack => ({
    name: "dev-b",
    folder: "/repo/cdktf.out/stacks/dev-b",
    dependencies: [],
    json: { terraform: { backend: { s3: { bucket: "states", key: "b.tfstate", ...s3 } } } },
  });

  test.each([
    ["the block", { region: "eu-west-1" }, { AWS_REGION: "us-west-2" }, "eu-west-1"],
    ["AWS_REGION", {}, { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-east-2" }, "us-west-2"],
    ["AWS_DEFAULT_REGION", { region: "" }, { AWS_DEFAULT_REGION: "us-east-2" }, "us-east-2"],
    ["nobody here", {}, {}, undefined],
  ])("the Region is said by %s", (_, block, variables, region) => {
    Object.assign(process.env, variables);
    const state = s3State(stackWith(block));
    expect(state).toMatchObject({ bucket: "states", key: "b.tfstate" });
    expect(state?.region).toBe(region);
  });

  test("without bucket or key there is nothing to ask for", () => {
    expect(s3State(stackWith({ key: undefined }))).toBeUndefined();
    expect(s3State(stackWith({ bucket: undefined }))).toBeUndefined();
  });

  test("the identity and the place of the block are read, files as Terraform finds them", () => {
    process.env.SECRETS = "/run/secrets";
    const block = {
      profile: "prod",
      shared_config_files: ["aws/config"],
      shared_credentials_files: ["$SECRETS/aws"],
      endpoints: { s3: "http://s3.local", dynamodb: "http://ddb.local" },
      use_path_style: true,
    };
    expect(s3State(stackWith(block))?.access).toEqual({
      profile: "prod",
      configFile: "/repo/cdktf.out/stacks/dev-b/aws/config",
      credentialsFile: "/run/secrets/aws",
      endpoints: { s3: "http://s3.local", dynamodb: "http://ddb.local" },
      pathStyle: true,
      allowed: [],
      forbidden: [],
      refused: [],
    });
  });

  test("so are the names of old Terraforms", () => {
    const block = {
      endpoint: "http://s3.local",
      dynamodb_endpoint: "http://ddb.local",
      force_path_style: true,
      shared_credentials_file: "/run/aws",
    };
    expect(s3State(stackWith(block))?.access).toMatchObject({
      endpoints: { s3: "http://s3.local", dynamodb: "http://ddb.local" },
      pathStyle: true,
      credentialsFile: "/run/aws",
    });
  });

  test.each([
    ["access_key", "AKIA"],
    ["http_proxy", "http://proxy:3128"],
    ["sse_customer_key", "a2V5"],
    ["insecure", true],
  ])("%s is not followed, and is said so; empty, it is nothing", (name, value) => {
    expect(s3State(stackWith({ [name]: value }))?.access.refused.map((one) => one.name)).toEqual([name]);
    expect(s3State(stackWith({ [name]: null }))?.access.refused).toEqual([]);
    expect(s3State(stackWith({ [name]: "" }))?.access.refused).toEqual([]);
  });

  test("of several files none is chosen silently", () => {
    const block = { shared_credentials_files: ["/a", "/b"] };
    expect(s3State(stackWith(block))?.access.refused).toMatchObject([
      { name: "shared_credentials_files with 2 files" },
    ]);
  });
});
