import { trustFaults } from "@groundplan/modules/identity";
import { builderStatements, builderTrust, type ImagesProps, imagesFaults } from "@groundplan/modules/image";
import { App, Testing } from "cdktf";
import { checkEnvironments } from "../../overlays/checks";
import { IdentityStack } from "../../stacks/identity";
import { ImagesStack } from "../../stacks/images";
import { environments, platform } from "../platform";
import { defaults } from "../platform/defaults";

const [dev] = environments;
if (!dev) throw new Error("there is no environment");

const SETTINGS = { ...defaults.images, enabled: true };

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function stackJson(change: Partial<ImagesProps> = {}): { resource: Resources; data: Resources } {
  const environment = { ...dev, images: { ...SETTINGS, ...change } } as NonNullable<typeof dev>;
  const stack = new ImagesStack(new App({ outdir: Testing.app().outdir }), { platform, environment });
  return JSON.parse(Testing.synth(stack));
}

const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});

const ACCESS = {
  images: ["vxlan-graviton"],
  baseOwners: ["099720109477"],
  prefix: "groundplan-dev",
  place: { platform: "groundplan", environment: "dev" },
  region: "us-east-1",
  account: "123456789012",
  parameterPaths: ["/golden"],
};

/** How IAM decides on one request, by the operators that these policies have. */
function isAllowed(
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  const matches = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(text);
  const list = (value: unknown) => [value ?? []].flat() as string[];
  const holds = (condition: object = {}) =>
    Object.entries(condition).every(([operator, keys]) =>
      Object.entries(keys as Record<string, unknown>).every(([key, values]) => {
        const has = list(values).includes(context[key] ?? "");
        return operator === "StringNotEquals" ? !has : has;
      }),
    );
  const hits = builderStatements(ACCESS).filter(
    (statement) =>
      list(statement.Action).some((one) => matches(one, action)) &&
      list(statement.Resource).some((one) => matches(one, resource)) &&
      holds(statement.Condition),
  );
  return hits.length > 0 && hits.every(({ Effect }) => Effect === "Allow");
}

const OWN = { "aws:ResourceTag/groundplan:image": "vxlan-graviton" };
const ASKED = { "aws:RequestTag/groundplan:image": "vxlan-graviton" };
const arn = (type: string) => `arn:aws:ec2:us-east-1:123456789012:${type}/x`;
const IMAGE = "arn:aws:ec2:us-east-1::image/ami-1";
const SNAPSHOT = "arn:aws:ec2:us-east-1::snapshot/snap-1";

test.each([
  ["ec2:TerminateInstances", arn("instance")],
  ["ec2:DeregisterImage", IMAGE],
  ["ec2:ModifyImageAttribute", IMAGE],
  ["ec2:DeleteSnapshot", SNAPSHOT],
  ["ec2:DeleteVolume", arn("volume")],
  ["ec2:DeleteSecurityGroup", arn("security-group")],
  ["ec2:AuthorizeSecurityGroupIngress", arn("security-group")],
  ["ec2:DeleteKeyPair", arn("key-pair")],
  ["ec2:CreateImage", arn("instance")],
])("%s is allowed on what a build has made, and on nothing of others", (action, resource) => {
  expect(isAllowed(action, resource, OWN)).toBe(true);
  expect(isAllowed(action, resource)).toBe(false);
  expect(isAllowed(action, resource, { "aws:ResourceTag/groundplan:image": "another" })).toBe(false);
});

test("what is made has to be tagged by the request that makes it", () => {
  const required = { ...ASKED, "ec2:MetadataHttpTokens": "required" };
  expect(isAllowed("ec2:RunInstances", arn("instance"), required)).toBe(true);
  // Without IMDSv2, or without the tag.
  expect(isAllowed("ec2:RunInstances", arn("instance"), ASKED)).toBe(false);
  expect(isAllowed("ec2:RunInstances", arn("instance"), { "ec2:MetadataHttpTokens": "required" })).toBe(
    false,
  );
  for (const [action, resource] of [
    ["ec2:CreateSecurityGroup", arn("security-group")],
    ["ec2:CreateKeyPair", arn("key-pair")],
    ["ec2:CreateImage", IMAGE],
    ["ec2:CopyImage", SNAPSHOT],
  ] as const) {
    expect([action, isAllowed(action, resource, ASKED), isAllowed(action, resource)]).toEqual([
      action,
      true,
      false,
    ]);
  }
});

test("a tag is given with what is made, and not to what others have", () => {
  expect(isAllowed("ec2:CreateTags", IMAGE, { ...ASKED, "ec2:CreateAction": "CreateImage" })).toBe(true);
  expect(isAllowed("ec2:CreateTags", IMAGE, ASKED)).toBe(false);
  expect(isAllowed("ec2:CreateTags", IMAGE, OWN)).toBe(true);
});

test("Packer's machine is started with a tagged network interface, as its plugin asks for", () => {
  // common/step_run_source_instance.go: tags of instance, network interface and volume go with RunInstances.
  const started = { ...ASKED, "ec2:CreateAction": "RunInstances" };
  for (const type of ["instance", "network-interface", "volume"])
    expect([type, isAllowed("ec2:CreateTags", arn(type), started)]).toEqual([type, true]);
  expect(isAllowed("ec2:RunInstances", arn("network-interface"))).toBe(true);
  expect(isAllowed("ec2:CreateTags", arn("network-interface"), ASKED)).toBe(false);
});

test("Session Manager: the document that Packer names, on machines of a build alone", () => {
  const document = (name: string) => `arn:aws:ssm:us-east-1::document/${name}`;
  expect(isAllowed("ssm:StartSession", document("AWS-StartPortForwardingSession"))).toBe(true);
  expect(isAllowed("ssm:StartSession", document("AWS-StartInteractiveCommand"))).toBe(false);
  expect(isAllowed("ssm:StartSession", arn("instance"))).toBe(false);
  expect(
    isAllowed("ssm:StartSession", arn("instance"), { "ssm:resourceTag/groundplan:image": "vxlan-graviton" }),
  ).toBe(true);
});

test("a build begins with Canonical's images and the account's own, and with nobody else's", () => {
  expect(isAllowed("ec2:RunInstances", IMAGE, { "ec2:Owner": "099720109477" })).toBe(true);
  expect(isAllowed("ec2:RunInstances", IMAGE, { "ec2:Owner": "111111111111" })).toBe(false);
});

test("one role is passed, to EC2 alone; parameters are those of images", () => {
  const role = "arn:aws:iam::123456789012:role/groundplan-dev-image-builder-us-east-1";
  expect(isAllowed("iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" })).toBe(true);
  expect(isAllowed("iam:PassRole", role, { "iam:PassedToService": "lambda.amazonaws.com" })).toBe(false);
  // Whichever Region the stack is in: roles are the account's.
  const elsewhere = role.replace("us-east-1", "eu-west-1");
  expect(isAllowed("iam:PassRole", elsewhere, { "iam:PassedToService": "ec2.amazonaws.com" })).toBe(true);
  for (const name of ["groundplan-dev-deploy", "groundplan-prod-image-builder-us-east-1"])
    expect(
      isAllowed("iam:PassRole", `arn:aws:iam::123456789012:role/${name}`, {
        "iam:PassedToService": "ec2.amazonaws.com",
      }),
    ).toBe(false);
  const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/groundplan/dev";
  expect(isAllowed("ssm:PutParameter", `${parameter}/images/vxlan-graviton/latest`)).toBe(true);
  expect(isAllowed("ssm:PutParameter", `${parameter}/images`)).toBe(false);
  expect(isAllowed("ssm:GetParameter", `${parameter}/network`)).toBe(false);
  // Those that the overlay names are read, and no others, which may be secrets.
  const golden = "arn:aws:ssm:eu-west-1:123456789012:parameter/golden";
  for (const name of [golden, `${golden}/web`]) expect(isAllowed("ssm:GetParameters", name)).toBe(true);
  expect(isAllowed("ssm:GetParameters", `${golden}-password`)).toBe(false);
  expect(isAllowed("ssm:PutParameter", golden)).toBe(false);
  for (const action of ["s3:GetObject", "iam:CreateRole", "kms:ScheduleKeyDeletion", "ec2:DeleteVpc"])
    expect(isAllowed(action, "*", OWN)).toBe(false);
});

test("the policy fits into an inline one", () => {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: builderStatements(ACCESS) });
  expect(text.length).toBeLessThan(10_240);
});

describe("who builds", () => {
  const repository = { repository: "octo/platform", ownerId: "1", repositoryId: "2" };
  const provider = { arn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
  const trust = builderTrust({ provider: provider as never, repository, branch: "main" });

  test("the two workflows of the main branch, and releases of a tag in their environment", () => {
    const issuer = "token.actions.githubusercontent.com";
    expect(trust[0]?.Condition).toEqual({
      StringEquals: {
        [`${issuer}:aud`]: "sts.amazonaws.com",
        [`${issuer}:sub`]: [
          "repo:octo@1/platform@2:ref:refs/heads/main",
          "repo:octo/platform:ref:refs/heads/main",
        ],
        [`${issuer}:job_workflow_ref`]: [
          "octo/platform/.github/workflows/build-ami.yml@refs/heads/main",
          "octo/platform/.github/workflows/cleanup-amis.yml@refs/heads/main",
        ],
        [`${issuer}:repository_id`]: "2",
      },
    });
    expect(trust[1]?.Condition).toMatchObject({
      StringEquals: {
        [`${issuer}:sub`]: expect.arrayContaining(["repo:octo/platform:environment:images-release"]),
      },
      StringLike: { [`${issuer}:ref`]: "refs/tags/v*" },
    });
  });

  test("it lets no stranger in, and a planted fault is found", () => {
    expect(trustFaults({ Statement: trust })).toEqual([]);
    const text = JSON.stringify({ Statement: trust }).replaceAll(/repo:octo[^":]*/g, "repo:octo/*");
    expect(trustFaults(JSON.parse(text)).length).toBeGreaterThan(0);
  });

  test("the stack identity has the role where images are built, and nowhere else", () => {
    const identity = (enabled: boolean): string => {
      const environment = { ...dev, images: { ...SETTINGS, enabled } } as NonNullable<typeof dev>;
      const app = new App({ outdir: Testing.app().outdir });
      const { account } = environment;
      return Testing.synth(
        new IdentityStack(app, "identity", { platform, account, environments: [environment] }),
      );
    };
    expect(identity(true)).toContain("image-role-dev");
    expect(identity(true)).toContain("build-ami.yml");
    expect(identity(false)).not.toContain("build-ami.yml");
  });
});

describe("the stack", () => {
  const { resource, data } = stackJson();

  test("has a key that turns, and stays for 30 days when it is deleted", () => {
    expect(all(resource, "aws_kms_key")).toMatchObject([
      { enable_key_rotation: true, deletion_window_in_days: 30 },
    ]);
    expect(all(resource, "aws_kms_alias")).toMatchObject([{ name: "alias/groundplan-dev-images" }]);
  });

  test("gives the builder's machine sessions, and no right beside", () => {
    const [policy] = all(resource, "aws_iam_role_policy");
    const { Statement } = JSON.parse(String(policy?.policy)) as {
      Statement: { Action: string | string[] }[];
    };
    expect(
      Statement.flatMap(({ Action }) => Action).filter((one) => !/^ssmmessages:|^ssm:UpdateInst/.test(one)),
    ).toEqual([]);
    // A build in each Region has this profile in all of them.
    expect(String(policy?.policy)).toContain(":ec2:*:");
  });

  test("raises an alarm when an image failed, and asks for the quota of public images", () => {
    expect(JSON.parse(String(all(resource, "aws_cloudwatch_event_rule")[0]?.event_pattern))).toMatchObject({
      "detail-type": ["EC2 AMI State Change"],
      detail: { State: ["failed"] },
    });
    expect(all(resource, "aws_cloudwatch_metric_alarm")).toMatchObject([
      { namespace: "AWS/Events", metric_name: "TriggeredRules", threshold: 0 },
    ]);
    expect(all(data, "aws_servicequotas_service_quota")).toMatchObject([{ quota_code: "L-0E3CBAB9" }]);
  });

  test.each([
    ["keep", []],
    ["open", ["unblocked"]],
    ["blocked", ["block-new-sharing"]],
  ] as const)("public access %s", (publicAccess, states) => {
    const made = all(stackJson({ publicAccess }).resource, "aws_ec2_image_block_public_access");
    expect(made.map(({ state }) => state)).toEqual(states);
  });
});

test.each<[string, Partial<ImagesProps>, RegExp]>([
  ["no image", { images: [] }, /no image is named/],
  ["an image whose name is a pattern", { images: ["vxlan-*"] }, /image "vxlan-\*" is not/],
  ["an image that a build of another is named like", { images: ["a-dev-b"] }, /"a-dev-b" is not/],
  ["a path that is a pattern", { parameterPaths: ["/golden/*"] }, /parameter path "\/golden\/\*"/],
  ["a path of everything", { parameterPaths: ["/"] }, /parameter path "\/" cannot/],
  ["an owner by name", { baseOwners: ["canonical"] }, /owner "canonical" is not an AWS account/],
  ["a topic that is none", { alarmTopicArns: ["alarms"] }, /topic "alarms"/],
])("%s fails the synth, in the overlay and in the module", (_, change, message) => {
  expect(
    imagesFaults({ ...SETTINGS, ...change })
      .map(({ what }) => what)
      .join(),
  ).toMatch(message);
  expect(() => stackJson(change)).toThrow(message);
  const broken = environments.map((environment, index) =>
    index === 0 ? { ...environment, images: { ...SETTINGS, ...change } } : environment,
  );
  expect(() => checkEnvironments(broken)).toThrow(message);
});

test("an environment builds no images unless it says so", () => {
  expect(environments.every(({ images }) => !images.enabled)).toBe(true);
});
