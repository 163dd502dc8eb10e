import { clientsOf } from "../../../../cli/artifact/ami/clients";
import { preflight } from "../../../../cli/artifact/ami/preflight";
import { imageRequest, type RequestOptions } from "../../../../cli/artifact/ami/request";
import { tagsOf } from "../../../../cli/artifact/ami/tags";
import type { CliError } from "../../../../cli/console/errors";
import { EXIT, type ExitCode } from "../../../../cli/console/exit-codes";
import { Ec2Server } from "./ec2-server";

/** What makes a build fail, each found before it begins, with what to do. */

const OPTIONS: RequestOptions = {
  image: "vxlan-graviton",
  tag: "v1.2.0",
  regions: ["us-east-1", "us-west-2"],
  way: "copy",
  run: "42",
  source: {
    repository: "octo-org/platform",
    ref: "refs/tags/v1.2.0",
    sha: "0123456789abcdef0123456789abcdef01234567",
  },
  time: new Date("2026-11-30T12:00:00Z"),
};
const before = { ...process.env };
let server: Ec2Server;

beforeEach(async () => {
  server = await Ec2Server.start();
  Object.assign(process.env, server.environment());
});
afterEach(async () => {
  process.env = before;
  await server.stop();
});

const check = (props: Partial<RequestOptions> = {}, subnet?: string) =>
  preflight(imageRequest({ ...OPTIONS, ...props }), (region) => clientsOf(region), { subnet });
const tags = (run: string) => ({ ...tagsOf(imageRequest(OPTIONS)), "groundplan:run": run });

test("a request that can be built passes, and changes nothing", async () => {
  await check();
  expect(server.calls.filter(({ action }) => !/^(Describe|Get)/.test(action))).toEqual([]);
});

test.each<[string, () => void, RegExp]>([
  [
    "a Region that is not enabled",
    () => Object.assign(server.region("us-west-2"), { isEnabled: false }),
    /Region us-west-2 is not enabled in this account\n.*aws account enable-region --region-name us-west-2/,
  ],
  [
    "no default VPC",
    () => Object.assign(server.region("us-east-1"), { hasDefaultVpc: false }),
    /us-east-1 has no default VPC\n.*--subnet subnet-.*create-default-vpc/,
  ],
  [
    "a default VPC without subnets",
    () => Object.assign(server.region("us-east-1"), { hasDefaultSubnets: false }),
    /the default VPC of us-east-1, vpc-1, has no default subnet\n.*--subnet subnet-.*create-default-subnet/,
  ],
  [
    "a name that exists",
    () => server.region("us-west-2").addImage({ name: "vxlan-graviton-1.2.0", tags: tags("41") }),
    /us-west-2 has an AMI vxlan-graviton-1\.2\.0 already: ami-.*\n.*image resume --run 41/,
  ],
  [
    "a name that somebody else has made",
    () => server.region("us-west-2").addImage({ name: "vxlan-graviton-1.2.0" }),
    /already: ami-.*\n.*nothing here has built it: build another version/,
  ],
  [
    "two builds of one version at once",
    () => server.region("us-east-1").addInstance("ami-0ba5e", tags("41")),
    /run 41 builds vxlan-graviton 1\.2\.0 in us-east-1: i-.* since 2026-01-02.*\n.*image prune --run 41/,
  ],
  [
    "an account that encrypts every volume",
    () => Object.assign(server.region("us-west-2"), { encryptsAll: true }),
    /us-west-2 encrypts every new volume, and an encrypted AMI cannot be public\n.*disable-ebs-encryption-by-default/,
  ],
  [
    "block public access",
    () => Object.assign(server.region("us-east-1"), { blocksPublic: true }),
    /us-east-1 blocks public access for AMIs.*\n.*disable-image-block-public-access --region us-east-1/,
  ],
  [
    "a full quota",
    () => Object.assign(server.region("us-east-1"), { quota: 0 }),
    /us-east-1 has 0 public AMIs, and the account may have 0 there\n.*request-service-quota-increase/,
  ],
])("%s", async (_, plant, message) => {
  plant();
  await expect(check()).rejects.toThrow(message);
});

test("what is of releases is not asked of a private image, nor a default VPC where a subnet is named", async () => {
  const { tag: _, ...rest } = OPTIONS;
  Object.assign(server.region("us-east-1"), {
    blocksPublic: true,
    encryptsAll: true,
    quota: 0,
    hasDefaultVpc: false,
  });
  await preflight(imageRequest(rest), (region) => clientsOf(region), { subnet: "subnet-1" });
});

test("a subnet that the Region lacks, and the second Region of a build in each", async () => {
  await check({}, "subnet-1");
  await expect(check({}, "subnet-2")).rejects.toThrow(/us-east-1 has no subnet subnet-2/);
  server.region("us-west-2").subnet = "subnet-9";
  await expect(check({ way: "each" }, "subnet-1")).rejects.toThrow(
    /^us-west-2 has no subnet subnet-1\n.*--way each/,
  );
});

test("a run that goes on finds its own AMIs and builder in no way", async () => {
  server.region("us-east-1").addImage({ name: "vxlan-graviton-1.2.0", tags: tags("42") });
  server.region("us-east-1").addInstance("ami-0ba5e", tags("42"));
  await check();
});

test("a Region that AWS does not have is said with the nearest that it has", async () => {
  const error = await check({ regions: ["us-east-1", "us-eats-2"] }).catch((thrown: CliError) => thrown);
  expect(error).toMatchObject({
    exitCode: EXIT.USAGE,
    message: expect.stringMatching(/^AWS has no Region us-eats-2\n {2}did you mean us-east-1/),
  });
});

test.each<[ExitCode, Readonly<Record<string, unknown>>]>([
  [EXIT.MISSING, { hasDefaultVpc: false }],
  [EXIT.MISSING, { hasDefaultSubnets: false }],
  [EXIT.HELD, { blocksPublic: true }],
  // By 1 a release knows a build that has begun, and goes on.
  [EXIT.HELD, { blocksPublic: true, hasDefaultVpc: false }],
])("ends with %j for %j", async (code, plant) => {
  Object.assign(server.region("us-east-1"), plant);
  await expect(check()).rejects.toMatchObject({ exitCode: code });
});

test.each(["DescribeRegions", "DescribeVpcs"])(
  "what %s refuses to say is something missing: a release knows by 1 a build that has begun",
  async (action) => {
    server.fail({ action, code: "UnauthorizedOperation" });
    await expect(check()).rejects.toMatchObject({
      exitCode: EXIT.MISSING,
      message: expect.stringContaining("AWS answered UnauthorizedOperation"),
    });
  },
);

test("all Regions are said at once", async () => {
  for (const name of ["us-east-1", "us-west-2"]) server.region(name).blocksPublic = true;
  await expect(check()).rejects.toThrow(/us-east-1 blocks.*us-west-2 blocks/s);
});
