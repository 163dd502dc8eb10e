import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { AMI_FORMATS } from "../../../cli/artifact/ami/formats";
import { addImage } from "../../../cli/commands/image";
import { regionClients } from "../../../cli/commands/image/options";
import { EXIT } from "../../../cli/console/exit-codes";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import { Ec2Server } from "../artifact/ami/ec2-server";
import { inProcess } from "../in-process";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];
const ALL = ["--regions", REGIONS.join()];
let server: Ec2Server;
let github: GitHub;
let folder: string;

beforeEach(async () => {
  [server, github] = await Promise.all([Ec2Server.start(), GitHub.start()]);
  folder = temporaryFolder("image");
  jest.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  expect(github.violations).toEqual([]);
  await Promise.all([server.stop(), github.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const JOB = { GITHUB_SHA: SHA, GITHUB_REF: "refs/tags/v1.2.0", GITHUB_RUN_ID: "42" };
const run = (...args: readonly string[]) =>
  inProcess(addImage, ["image", ...args], { ...server.environment(), ...github.environment(), ...JOB });

/** What a command prints as JSON, which is of its schema. */
async function json(schema: keyof typeof AMI_FORMATS, ...args: readonly string[]) {
  const { stdout, stderr } = await run(...args, "--json");
  if (stdout === "") throw new Error(stderr);
  const document = JSON.parse(stdout);
  const check = new Ajv().compile(AMI_FORMATS[schema]);
  expect([check(document), check.errors]).toEqual([true, null]);
  return document;
}

const tagsOf = (channel: "dev" | "release", version: string) => ({
  "groundplan:image": "vxlan-graviton",
  "groundplan:run": "42",
  "groundplan:channel": channel,
  "groundplan:regions": REGIONS.join(" "),
  GitHubSHA: SHA,
  GitHubRef: "refs/tags/v1.2.0\u001b[31m|<img src=x>",
  Version: version,
});
const release = (region: string, version = "1.2.0", props = {}) =>
  server
    .region(region)
    .addImage({ name: `vxlan-graviton-${version}`, tags: tagsOf("release", version), ...props });

test("a client that has begun before a role's token came is not used after: its credentials would expire", () => {
  const env: NodeJS.ProcessEnv = {};
  const of = regionClients(env);
  const before = of("us-east-1");
  expect(of("us-east-1")).toBe(before);
  env.AWS_WEB_IDENTITY_TOKEN_FILE = "/run/token";
  const after = of("us-east-1");
  expect(after).not.toBe(before);
  expect(of("us-east-1")).toBe(after);
});

test("publish assumes the role that is named", async () => {
  release("us-east-1");
  expect((await run("publish", "v1.2.0", "--role", "admin")).stderr).toContain("is not the ARN of a role");
  expect([...server.region("us-east-1").images.values()].map(({ permissions }) => permissions.size)).toEqual([
    0,
  ]);
});

test("names asks AWS nothing, and a tag that is no version is refused", async () => {
  expect(await json("ami-names", "names", "--tag", "v1.2.0")).toMatchObject({
    name: "vxlan-graviton-1.2.0",
    run: "42",
  });
  expect((await run("names")).stdout).toMatch(/^vxlan-graviton-dev-\d{8}-0123456\n$/);
  expect(server.calls).toEqual([]);
  const wrong = await run("names", "--tag", "latest");
  expect([wrong.code, wrong.stderr]).toEqual([
    EXIT.USAGE,
    expect.stringMatching(/"latest" is not a version\n.*v1\.2\.0/),
  ]);
});

describe("publish", () => {
  beforeEach(() => {
    for (const region of REGIONS) release(region);
  });
  const publish = (...args: readonly string[]) => json("ami-publish", "publish", "v1.2.0", ...ALL, ...args);
  const onGitHub = () => github.repository.releases.all[0];

  test("all Regions: each AMI is public, and the release is published once with all manifests", async () => {
    const { amis, missing, github: said } = await publish();
    expect(amis.map(({ isNew }: { isNew: boolean }) => isNew)).toEqual([true, true, true]);
    expect([missing, said.state]).toEqual([[], "published"]);
    expect(onGitHub()).toMatchObject({
      tag: "v1.2.0",
      name: "vxlan-graviton 1.2.0",
      draft: false,
      publications: 1,
    });
    expect([...(onGitHub()?.files.keys() ?? [])]).toEqual(REGIONS.map((region) => `manifest-${region}.json`));
    expect(onGitHub()?.files.get("manifest-eu-west-1.json")?.content).toMatchObject({
      region: "eu-west-1",
      public: true,
    });
    expect(onGitHub()?.body).toContain("| eu-west-1 | `ami-");
    // What somebody named a branch is in no text.
    expect(onGitHub()?.body).not.toContain("img");
    expect([...server.region("us-east-1").snapshots.values()].map(({ volumes }) => volumes.size)).toEqual([
      0,
    ]);
  });

  test("one Region fails: the others are public, the draft waits, and the same command again publishes it once", async () => {
    server.region("us-west-2").blocksPublic = true;
    const first = await publish();
    expect([first.missing, first.github.state, process.exitCode]).toEqual([
      ["us-west-2"],
      "draft",
      EXIT.HELD,
    ]);
    expect(first.failed[0].message).toMatch(
      /us-west-2 blocks public access for AMIs.*aws ec2 disable-image-block-public-access --region us-west-2/s,
    );
    expect(onGitHub()).toMatchObject({ draft: true, publications: 0 });
    server.region("us-west-2").blocksPublic = false;
    expect((await publish()).github.state).toBe("published");
    expect(onGitHub()?.publications).toBe(1);
    expect(onGitHub()?.files.size).toBe(3);
  });

  test("--allow-partial publishes it, and says which Region is missing; a locked release then takes no more", async () => {
    server.region("us-west-2").blocksPublic = true;
    const { github: said } = await publish("--allow-partial");
    expect([said.state, process.exitCode]).toEqual(["published", undefined]);
    expect(onGitHub()?.body).toContain("**Not in this release:** us-west-2.");

    server.region("us-west-2").blocksPublic = false;
    github.repository.releases.immutable = true;
    const late = await run("publish", "v1.2.0", ...ALL);
    expect([late.code, late.stderr]).toEqual([
      EXIT.HELD,
      expect.stringMatching(
        /takes no file any more: it has none of us-west-2\n.*ami-.* in us-west-2\n.*tag the next version/,
      ),
    ]);
    github.repository.releases.immutable = false;
    expect((await publish()).github.state).toBe("was published");
    expect(onGitHub()?.files.size).toBe(3);
  });

  test("interrupted in the middle of the files: the next run replaces and completes them", async () => {
    github.fail({ method: "patch", status: 403, times: 1 });
    expect((await run("publish", "v1.2.0", ...ALL)).code).toBe(EXIT.FAILED);
    expect(onGitHub()).toMatchObject({ draft: true });
    expect((await publish()).github.state).toBe("published");
    expect([github.repository.releases.all.length, onGitHub()?.files.size]).toEqual([1, 3]);
  });

  test("the quota of five is explained with the command that raises it", async () => {
    for (let at = 0; at < 5; at += 1) release("us-east-1", `1.0.${at}`).permissions.add("all");
    const { failed } = await publish("--no-release");
    expect(failed).toEqual([
      {
        region: "us-east-1",
        message: expect.stringMatching(
          /has 5 public AMIs, and the account may have 5 there\n.*request-service-quota-increase .* --quota-code L-0E3CBAB9 --desired-value 10/,
        ),
      },
    ]);
  });

  test("an encrypted AMI, and one that nobody has released, never become public", async () => {
    const state = server.region("us-east-1");
    state.images.clear();
    release("us-east-1", "1.2.0", { encrypted: true });
    const { failed } = await publish("--no-release");
    expect(failed[0].message).toContain("is encrypted, and an encrypted AMI cannot be public");
    state.images.clear();
    state.addImage({ name: "vxlan-graviton-1.2.0", tags: tagsOf("dev", "1.2.0") });
    expect((await publish("--no-release")).failed[0].message).toContain("only a release becomes public");
  });

  test("lists of packages that were built here are in the release, of Regions that are", async () => {
    const lists = join(folder, ".groundplan", "image", "vxlan-graviton-1.2.0");
    mkdirSync(lists, { recursive: true });
    for (const region of ["us-east-1", "ap-east-1"])
      writeFileSync(join(lists, `packages-${region}.spdx.json`), '{"spdxVersion":"SPDX-2.3"}');
    await publish();
    const names = [...(onGitHub()?.files.keys() ?? [])];
    expect(names.filter((one) => one.startsWith("packages"))).toEqual(["packages-us-east-1.spdx.json"]);
    expect(onGitHub()?.files.get("packages-us-east-1.spdx.json")?.content).toEqual({
      spdxVersion: "SPDX-2.3",
    });
    expect(onGitHub()?.body).toContain("`packages-<region>`");
  });

  test("parameters lead to a release when it is complete, and not while a Region is missing", async () => {
    const path = "/acme/prod/images";
    server.region("us-west-2").blocksPublic = true;
    const first = await publish("--parameters", path);
    expect([first.parameters, server.region("us-east-1").parameters.size]).toEqual([[], 0]);
    server.region("us-west-2").blocksPublic = false;
    const { parameters } = await publish("--parameters", path);
    expect(
      parameters.map(({ region, name, how }: Record<string, string>) => `${region} ${name} ${how}`),
    ).toEqual(
      REGIONS.flatMap((region) =>
        ["1.2.0", "latest"].map((end) => `${region} ${path}/vxlan-graviton/${end} written`),
      ),
    );
    for (const region of REGIONS) {
      const { images, parameters: held } = server.region(region);
      expect([...held.values()]).toEqual([...images.keys(), ...images.keys()]);
    }
    const again = await run("publish", "v1.2.0", ...ALL, "--parameters", path);
    expect(again.stdout).toMatch(
      /us-east-1: \/acme\/prod\/images\/vxlan-graviton\/latest holds ami-\w+, as before/,
    );
    expect((await run("publish", "v1.2.0", "--parameters", "acme")).stderr).toContain(
      "cannot begin the names",
    );
  }, 60_000);

  test("a parameter that cannot be written is said, with the Region; the release is public all the same", async () => {
    server.fail({ action: "PutParameter", region: "eu-west-1", code: "AccessDeniedException" });
    const { github: said, failed, parameters } = await publish("--parameters", "/acme/prod/images");
    expect([said.state, parameters.length, failed.map(({ region }: { region: string }) => region)]).toEqual([
      "published",
      4,
      ["eu-west-1"],
    ]);
    expect(process.exitCode).toBe(EXIT.FAILED);
  });

  test("--snapshots lets everybody copy it", async () => {
    await publish("--no-release", "--snapshots");
    expect([...server.region("eu-west-1").snapshots.values()].map(({ volumes }) => [...volumes])).toEqual([
      ["all"],
    ]);
  });
});

test("share lets accounts start it, and prune keeps it by its tag without asking", async () => {
  const state = server.region("us-east-1");
  const name = "vxlan-graviton-dev-20260101-0123456";
  const one = state.addImage({ name, age: 90, tags: tagsOf("dev", "x"), encrypted: true });
  const { amis } = await json("ami-share", "share", name, "--with", "210987654321");
  expect(amis[0].needs[0]).toContain("its key's policy has to let 210987654321 decrypt");
  expect([...one.permissions]).toEqual(["210987654321"]);
  const { regions } = await json("ami-prune", "prune", "--keep", "0", "--dry-run");
  expect(regions[0]).toMatchObject({
    remove: [],
    kept: [{ ami: one.id, reasons: ["shared with 210987654321"] }],
  });
  expect((await run("share", name, "--with", "everybody")).stderr).toContain('"everybody" is not an account');
});

test("prune shows first, asks, and removes with --yes; a Region that cannot be read keeps all, and the others go on", async () => {
  for (const region of REGIONS)
    for (let at = 0; at < 7; at += 1)
      server.region(region).addImage({
        name: `vxlan-graviton-dev-2026010${at + 1}-012345${at}`,
        age: 90 - at,
        tags: tagsOf("dev", "x"),
      });
  const shown = await run("prune", ...ALL, "--dry-run");
  expect(shown.stdout).toMatch(/us-east-1: 2 AMIs and 2 snapshots go, 5 AMIs stay/);
  expect((await run("prune", ...ALL)).stderr).toContain("give --yes");
  expect(server.region("us-east-1").images.size).toBe(7);

  server.fail({ action: "DescribeFleets", region: "us-west-2", code: "UnauthorizedOperation" });
  const { regions, failed } = await json("ami-prune", "prune", ...ALL, "--yes");
  expect(
    regions.map(({ deregistered, deleted }: Record<string, string[]>) => [
      deregistered?.length,
      deleted?.length,
    ]),
  ).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(failed[0].message).toMatch(/nothing is removed in us-west-2: fleets cannot be read/);
  expect(REGIONS.map((region) => server.region(region).images.size)).toEqual([5, 7, 5]);
  expect(process.exitCode).toBe(EXIT.HELD);
});

test("prune --run sweeps what a killed build left", async () => {
  const builder = server.region("us-east-1").addInstance("ami-0ba5e", tagsOf("dev", "x"));
  const { regions } = await json("ami-sweep", "prune", "--run", "42", "--yes");
  expect(regions[0].removed).toEqual([{ kind: "instance", id: builder.id }]);
  expect((await run("prune", "--run", "42")).stdout).toContain("Run 42 left nothing");
});

test("prune --json tells a look from a removal, also where nothing is to be removed", async () => {
  const dryRun = async (schema: "ami-prune" | "ami-sweep", ...args: readonly string[]) =>
    (await json(schema, "prune", ...args)).dryRun;
  expect([
    await dryRun("ami-prune", "--yes"),
    await dryRun("ami-prune"),
    await dryRun("ami-prune", "--yes", "--dry-run"),
    await dryRun("ami-sweep", "--run", "42", "--yes"),
    await dryRun("ami-sweep", "--run", "42"),
  ]).toEqual([false, true, true, false, true]);
});

test.each([
  ["--keep", "0"],
  ["--older-than", "30"],
  ["--image", "other"],
])("prune --run removes what a run left, and takes no %s", async (...option) => {
  server.region("us-east-1").addInstance("ami-0ba5e", tagsOf("dev", "x"));
  await expect(run("prune", "--run", "42", "--yes", ...option)).rejects.toThrow("cannot be used with option");
  expect([...server.region("us-east-1").instances.values()].map(({ state }) => state)).toEqual(["running"]);
});

test("prune says all that needs an AMI, and of a release not that it is one of the newest", async () => {
  const state = server.region("us-east-1");
  const name = "vxlan-graviton-dev-20260101-0123456";
  const used = state.addImage({ name, age: 90, tags: tagsOf("dev", "x") });
  for (const one of ["a", "b", "c", "d"])
    state.templates.push({ name: one, images: [used.id], since: "2018-05-06T00:00:00Z" });
  release("us-east-1");
  const { stdout } = await run("prune", "--dry-run", "--keep", "5");
  for (const one of ["a", "b", "c", "d"])
    expect(stdout).toContain(`version 1 of launch template ${one} since`);
  expect(stdout.split("\n").find((one) => one.includes("a release"))).not.toContain("newest");
  expect(stdout.split("\n").find((one) => one.includes(name))).toContain("newest 5");
});

test("what cannot be asked is no answer: neither list nor prune --run says that there is nothing", async () => {
  for (const command of [["list"], ["prune", "--run", "42"]]) {
    server.fail({ action: "DescribeImages", region: "us-east-1", code: "UnauthorizedOperation" });
    server.fail({ action: "DescribeInstances", region: "us-east-1", code: "UnauthorizedOperation" });
    const { stdout, stderr } = await run(...command);
    server.heal();
    expect([stdout, stderr]).toEqual(["", expect.stringContaining("UnauthorizedOperation")]);
    process.exitCode = undefined;
  }
  expect((await run("list")).stdout).toBe("No AMI of vxlan-graviton in us-east-1\n");
});

test("release-notes say what is not public yet, and know no release that is not there", async () => {
  release("us-east-1").permissions.add("all");
  const [later] = [release("us-west-2")];
  const regions = ["--regions", "us-east-1,us-west-2"];
  const before = await run("release-notes", "v1.2.0", ...regions);
  expect(before.stdout).toContain("**Not public yet:** us-west-2.");
  expect(before.stdout).not.toContain("by every account");
  later?.permissions.add("all");
  expect((await run("release-notes", "v1.2.0", ...regions)).stdout).toContain(
    "Each can be started by every account.",
  );
  expect(await run("release-notes", "v9.9.9", ...regions)).toMatchObject({
    code: EXIT.FAILED,
    stdout: "",
    stderr: expect.stringContaining("no AMI vxlan-graviton-9.9.9 in us-east-1, us-west-2"),
  });
});

test("list, release-notes and resume say what is in which Region", async () => {
  const [first] = [release("us-east-1"), release("eu-west-1")];
  const { amis } = await json("ami-list", "list", ...ALL);
  expect(amis.map(({ region }: { region: string }) => region).sort()).toEqual(["eu-west-1", "us-east-1"]);
  expect((await run("list", ...ALL)).stdout).toContain(first?.id);
  const notes = await json("ami-notes", "release-notes", "v1.2.0", ...ALL);
  expect([notes.missing, notes.manifests.length]).toEqual([["us-west-2"], 2]);
  server.region("us-west-2").copyTakes = -1;
  const resumed = await json("ami-build", "resume", "--run", "42", "--regions", "us-east-1");
  expect(resumed.amis.map(({ how }: { how: string }) => how)).toEqual(["there", "copied", "there"]);
  expect((await run("resume", "--run", "7", ...ALL)).stderr).toMatch(
    /run 7 has no AMI in us-east-1, us-west-2, eu-west-1/,
  );
}, 60_000);

test("the parameter dev leads to a private image once it is everywhere, and prune keeps what it holds", async () => {
  const name = "vxlan-graviton-dev-20260101-0123456";
  const old = server.region("us-east-1").addImage({ name, age: 90, tags: tagsOf("dev", "x") });
  const { parameters } = await json("ami-build", "resume", "--run", "42", "--parameters", "/acme/dev/images");
  expect(parameters.map(({ region, how }: Record<string, string>) => [region, how])).toEqual(
    REGIONS.map((region) => [region, "written"]),
  );
  const { regions } = await json("ami-prune", "prune", "--keep", "0", "--dry-run");
  expect(regions[0]).toMatchObject({
    remove: [],
    kept: [{ ami: old.id, reasons: ["SSM parameter /acme/dev/images/vxlan-graviton/dev since 2026-02-03"] }],
  });
}, 60_000);

test("test wants to know which AMI, and says which it does not find", async () => {
  expect(await run("test")).toMatchObject({
    code: EXIT.USAGE,
    stderr: expect.stringContaining("which AMI?"),
  });
  expect((await run("test", "--run", "7")).stderr).toContain(
    "us-east-1 has no AMI of run 7 that can be started",
  );
  server.fail({ action: "DescribeImages", code: "UnauthorizedOperation" });
  expect(await run("test", "--run", "7")).toMatchObject({
    code: EXIT.FAILED,
    stderr: expect.stringContaining("AWS answered UnauthorizedOperation"),
  });
});

test("cost: what copies transfer is paid where it leaves, to the neighbour at half the price", async () => {
  const build = async (regions: string, ...args: readonly string[]) =>
    (await json("ami-cost", "cost", "--used", "2", "--regions", regions, ...args)).build.high;
  const one = await build("us-east-1");
  expect((await build("us-east-1,us-west-2")) - one).toBeCloseTo(2 * 0.02, 9);
  expect((await build("us-east-1,us-west-2,us-east-2")) - one).toBeCloseTo(2 * 0.03, 9);
  const { unpriced } = await json("ami-cost", "cost", "--regions", "eu-west-1,us-east-1");
  expect(unpriced).toContain("transfer/region/gb in eu-west-1");
});

test.each([
  [["--used", "20", "--volume", "8"], /20 GB are written on a volume of 8 GB\n.*--used of at most 8/],
  [["--used", "2", "--changed", "3"], /3 GB differ from one image to the next, and 2 GB are written/],
])("cost %j is no image", async (args, message) => {
  const { code, stderr } = await run("cost", ...args);
  expect([code, stderr]).toEqual([EXIT.USAGE, expect.stringMatching(message)]);
});

test("cost counts whole AMIs", async () => {
  await expect(run("cost", "--images", "1.5")).rejects.toThrow("use a whole number");
});

test("cost: a total without the Regions that have no price is said to be the least", async () => {
  const total = async (regions: string) =>
    (await run("cost", "--regions", regions)).stdout.split("\n").find((one) => one.includes("one build"));
  expect(await total("us-east-1")).not.toContain("at least");
  expect(await total("us-east-1,eu-west-1")).toMatch(/Snapshots.*at least \$.*one build: at least \$/);
});

test("cost: the seed's example, three Regions with five AMIs, at the price of what is stored", async () => {
  const at = (...args: readonly string[]) => json("ami-cost", "cost", "--images", "15", ...args);
  // $0.05 for a GB of a snapshot: the seed's $0.10 for an AMI is 2 GB that are written, of a volume of 8.
  expect((await at("--used", "2")).monthly).toEqual({ low: 1.5, high: 1.5 });
  expect((await at("--used", "8")).monthly.high).toBeCloseTo(6);
  expect((await at("--used", "2", "--changed", "0.2")).monthly.low).toBeCloseTo(0.24);
  // The seed's build: a t4g.nano for 15 minutes is $0.001.
  const nano = await at("--instance-type", "t4g.nano");
  expect(nano.build.high).toBeCloseTo(0.0042 / 4 + (0.08 / 730) * 8 * 0.25, 6);
  const { unpriced } = await at(...ALL);
  expect(unpriced).toContain("ebs/snapshot/gb-month in eu-west-1");
});
