import { type BuildProps, buildInRegions, copyInRegions } from "../../../../cli/artifact/ami/build";
import { builderKeyName } from "../../../../cli/artifact/ami/builder-access";
import { clientsOf } from "../../../../cli/artifact/ami/clients";
import { failures, succeeded } from "../../../../cli/artifact/ami/regions";
import { imageRequest, type RequestOptions } from "../../../../cli/artifact/ami/request";
import { runState, sourceOf } from "../../../../cli/artifact/ami/resume";
import { leftoversOf, sweepRegion } from "../../../../cli/artifact/ami/sweep";
import { tagsOf } from "../../../../cli/artifact/ami/tags";
import { Ec2Server } from "./ec2-server";

const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];
const OPTIONS: RequestOptions = {
  image: "vxlan-graviton",
  tag: "v1.2.0",
  regions: REGIONS,
  way: "copy",
  run: "42",
  source: {
    repository: "octo-org/platform",
    ref: "refs/tags/v1.2.0",
    sha: "0123456789abcdef0123456789abcdef01234567",
  },
  time: new Date("2026-11-30T12:00:00Z"),
};
const REQUEST = imageRequest(OPTIONS);
const PATIENCE = { pause: 1, looks: 50 };
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

/** What Packer does, as EC2 sees it: a builder with the tags, an AMI of it, and the builder's end. */
async function build(region: string): Promise<string> {
  const state = server.region(region);
  const builder = state.addInstance("ami-0ba5e", tagsOf(REQUEST));
  const image = state.addImage({ name: REQUEST.name, tags: tagsOf(REQUEST) });
  builder.state = "terminated";
  return image.id;
}

const props = (attempts?: number): BuildProps => ({
  clientsOf: (region) => clientsOf(region, attempts),
  build,
  patience: PATIENCE,
});

/** Everything that is there and lacks the run's tag. */
function untagged(): readonly string[] {
  return REGIONS.flatMap((name) => {
    const { images, snapshots, instances } = server.region(name);
    return [...images.values(), ...snapshots.values(), ...instances.values()]
      .filter(({ tags }) => tags.get("groundplan:run") !== REQUEST.run)
      .map(({ id }) => `${id} in ${name}`);
  });
}

const names = () =>
  REGIONS.map((name) =>
    [...server.region(name).images.values()].map((image) => `${image.name} ${image.state}`),
  );
const WHOLE = REGIONS.map(() => [`${REQUEST.name} available`]);

test("it is built once and copied, with its tags on every AMI and snapshot", async () => {
  const outcomes = await buildInRegions(REQUEST, props());
  expect(succeeded(outcomes).map(({ region, value }) => [region, value.how])).toEqual([
    ["us-east-1", "built"],
    ["us-west-2", "copied"],
    ["eu-west-1", "copied"],
  ]);
  expect(names()).toEqual(WHOLE);
  expect(untagged()).toEqual([]);
});

test("the same request again builds and copies nothing", async () => {
  await buildInRegions(REQUEST, props());
  server.calls.length = 0;
  const outcomes = await buildInRegions(REQUEST, {
    ...props(),
    build: () => Promise.reject(new Error("built twice")),
  });
  expect(succeeded(outcomes).map(({ value }) => value.how)).toEqual(["there", "there", "there"]);
  expect(server.calls.filter(({ action }) => action === "CopyImage")).toEqual([]);
});

test("built in each Region: one that fails takes no other down", async () => {
  const failing = (region: string) =>
    region === "us-west-2" ? Promise.reject(new Error("no spare capacity")) : build(region);
  const outcomes = await buildInRegions({ ...REQUEST, way: "each" }, { ...props(), build: failing });
  expect(succeeded(outcomes).map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1"]);
  expect(failures(outcomes)[0]?.error.message).toContain("no spare capacity");
});

test("where the one build fails, every Region says why it has nothing", async () => {
  const outcomes = await buildInRegions(REQUEST, {
    ...props(),
    build: () => Promise.reject(new Error("apt failed")),
  });
  expect(failures(outcomes)).toHaveLength(3);
  expect(failures(outcomes)[2]?.error.message).toMatch(
    /not copied to eu-west-1: the build in us-east-1 failed/,
  );
});

test("a copy that is refused: the others have theirs, and resume does the rest", async () => {
  server.fail({ action: "CopyImage", region: "us-west-2", code: "UnauthorizedOperation" });
  const outcomes = await buildInRegions(REQUEST, props());
  expect(failures(outcomes).map(({ region }) => region)).toEqual(["us-west-2"]);
  expect(succeeded(outcomes)).toHaveLength(2);

  // Another machine, which knows the run's id and one Region.
  const state = await runState("42", ["us-east-1"], props().clientsOf);
  expect([...state.available.keys()].sort()).toEqual(["eu-west-1", "us-east-1"]);
  const resumed = await copyInRegions(state.request, state.request.regions, sourceOf(state), props());
  expect(succeeded(resumed).map(({ value }) => value.how)).toEqual(["there", "copied", "there"]);
  expect(names()).toEqual(WHOLE);
  expect(untagged()).toEqual([]);
});

test("a copy that fails after it began is removed and made anew", async () => {
  const failed = server
    .region("us-west-2")
    .addImage({ name: REQUEST.name, state: "failed", tags: tagsOf(REQUEST) });
  await buildInRegions(REQUEST, props());
  expect(names()).toEqual(WHOLE);
  expect(server.region("us-west-2").images.has(failed.id)).toBe(false);
  expect(server.region("us-west-2").snapshots.size).toBe(1);
});

test("throttled in each step: it waits, and does all once", async () => {
  for (const action of ["CopyImage", "DescribeImages"])
    server.fail({ action, code: "RequestLimitExceeded", times: 2 });
  expect(succeeded(await buildInRegions(REQUEST, props()))).toHaveLength(3);
  expect(names()).toEqual(WHOLE);
});

test("the answer of a copy is lost: what the second request finds is its own", async () => {
  for (const region of REGIONS.slice(1))
    server.fail({ action: "CopyImage", region, code: "cut", carriedOut: true });
  expect(succeeded(await buildInRegions(REQUEST, props()))).toHaveLength(3);
  expect(names()).toEqual(WHOLE);
  expect(untagged()).toEqual([]);
});

test("another run's AMI of the name is not taken for one's own", async () => {
  server
    .region("us-west-2")
    .addImage({ name: REQUEST.name, tags: { ...tagsOf(REQUEST), "groundplan:run": "41" } });
  const outcomes = await buildInRegions(REQUEST, props());
  expect(failures(outcomes)[0]?.error.message).toMatch(
    /us-west-2 has an AMI vxlan-graviton-1\.2\.0 of run 41 already.*\n.*image resume --run 41/s,
  );
});

test("one that stays pending is not waited for without end", async () => {
  server.region("eu-west-1").copyTakes = 1_000;
  const outcomes = await buildInRegions(REQUEST, props());
  expect(failures(outcomes)[0]?.error.message).toMatch(/is still pending\n.*image resume --run 42/);
});

test("killed at every request: nothing is untagged, resume finishes, and a sweep of the run leaves nothing but the AMIs", async () => {
  await buildInRegions(REQUEST, props());
  const total = server.calls.length;
  for (let at = 1; at <= total; at += 1) {
    for (const name of REGIONS) {
      const { images, snapshots, instances } = server.region(name);
      for (const one of [images, snapshots, instances]) one.clear();
    }
    server.calls.length = 0;
    // From that request on nobody is answered, as for a process that is gone.
    server.onCall = () => {
      if (server.calls.length > at) throw new Error("gone");
    };
    await buildInRegions(REQUEST, props(1));
    expect(untagged()).toEqual([]);

    server.onCall = () => undefined;
    if (REGIONS.some((name) => server.region(name).images.size > 0)) {
      const state = await runState("42", REGIONS, props().clientsOf);
      const source = sourceOf(state);
      await copyInRegions(state.request, state.request.regions, source, props());
      expect(names()).toEqual(WHOLE);
    }
    for (const name of REGIONS) {
      const clients = clientsOf(name);
      const { remove } = await leftoversOf(clients, "42");
      expect(remove).toEqual([]);
    }
    expect(untagged()).toEqual([]);
  }
}, 120_000);

test("an AMI that somebody has disabled is neither swept nor made anew: it can be enabled again", async () => {
  await buildInRegions(REQUEST, props());
  for (const name of ["us-east-1", "us-west-2"])
    for (const image of server.region(name).images.values()) image.state = "disabled";
  for (const name of ["us-east-1", "us-west-2"]) {
    const left = await leftoversOf(clientsOf(name), "42");
    expect([left.remove, left.finished.length]).toEqual([[], 1]);
  }
  const source = [...server.region("eu-west-1").images.values()][0];
  const state = await runState("42", REGIONS, props().clientsOf);
  expect(sourceOf(state).id).toBe(source?.id);
  const outcomes = await copyInRegions(REQUEST, ["us-west-2"], sourceOf(state), props());
  expect(failures(outcomes)[0]?.error.message).toMatch(/us-west-2 is disabled\n.*aws ec2 enable-image/);
  const built = await buildInRegions({ ...REQUEST, regions: ["us-east-1"] }, props());
  expect(failures(built)[0]?.error.message).toMatch(/us-east-1 is disabled/);
  expect(REGIONS.map((name) => server.region(name).snapshots.size)).toEqual([1, 1, 1]);
});

test("a sweep leaves what is protected, and the snapshots of what goes to the Recycle Bin", async () => {
  const state = server.region("us-east-1");
  state.keepsDeleted = true;
  const tags = tagsOf(REQUEST);
  const guarded = state.addImage({ name: "guarded", state: "failed", tags });
  guarded.isProtected = true;
  const broken = state.addImage({ name: "half", state: "failed", tags });
  const binned = state.addSnapshot(
    "Copied for DestinationAmi ami-0b1 from SourceAmi ami-1",
    new Map(Object.entries(tags)),
    "2026-11-30T00:00:00Z",
  );
  state.recycled.add("ami-0b1");
  const clients = clientsOf("us-east-1");
  const left = await leftoversOf(clients, "42");
  expect(left.remove.map(({ id }) => id)).toEqual([broken.id, ...broken.snapshots]);
  expect(left.kept).toEqual([
    { kind: "AMI", id: guarded.id, reason: "deregistration protection" },
    { kind: "snapshot", id: binned.id, reason: "its AMI may be in the Recycle Bin" },
  ]);
  expect(await sweepRegion(clients, left)).toMatchObject({
    removed: [{ kind: "AMI", id: broken.id }],
    remaining: [],
    recycled: [broken.id],
  });
  expect([...state.snapshots.keys()]).toEqual([...guarded.snapshots, ...broken.snapshots, binned.id]);
  // And so does the next one.
  expect((await leftoversOf(clients, "42")).remove).toEqual([]);
});

test("one that failed and is protected is not made anew; one that goes to the Recycle Bin keeps its snapshots", async () => {
  await buildInRegions({ ...REQUEST, regions: ["us-east-1"] }, props());
  const failed = { name: REQUEST.name, state: "failed", tags: tagsOf(REQUEST) };
  const guarded = server.region("us-west-2").addImage(failed);
  guarded.isProtected = true;
  const binned = server.region("eu-west-1").addImage(failed);
  server.region("eu-west-1").keepsDeleted = true;
  const outcomes = await buildInRegions(REQUEST, props());
  expect(failures(outcomes).map(({ error }) => error.message)).toEqual([
    expect.stringMatching(/us-west-2 is failed, and protected.*\n.*disable-image-deregistration-protection/),
  ]);
  expect(server.region("us-west-2").images.has(guarded.id)).toBe(true);
  expect(binned.snapshots.every((id) => server.region("eu-west-1").snapshots.has(id))).toBe(true);
});

test("resume copies with the key of the build, though the only AMI beside the source has failed", async () => {
  const { tag: _, ...rest } = OPTIONS;
  const request = imageRequest({ ...rest, kmsKey: "alias/images" });
  server.region("us-east-1").addImage({ name: request.name, tags: tagsOf(request), encrypted: true, age: 1 });
  server
    .region("us-west-2")
    .addImage({ name: request.name, tags: tagsOf(request), state: "failed", snapshots: [] });
  const state = await runState("42", REGIONS, props().clientsOf);
  expect(state.request).toMatchObject({ kmsKey: "alias/images", encrypted: true, time: request.time });
  await copyInRegions(state.request, state.request.regions, sourceOf(state), props());
  const copies = server.calls.filter(({ action }) => action === "CopyImage");
  expect(
    copies.map(({ region, params }) => [region, params.get("Encrypted"), params.get("KmsKeyId")]),
  ).toEqual(
    expect.arrayContaining([
      ["us-west-2", "true", "alias/images"],
      ["eu-west-1", "true", "alias/images"],
    ]),
  );
});

test("a sweep removes what a killed build left, and leaves the finished AMI of the run and the snapshot of another", async () => {
  const state = server.region("us-east-1");
  const tags = tagsOf(REQUEST);
  const builder = state.addInstance("ami-0ba5e", tags);
  const broken = state.addImage({ name: "half", state: "failed", tags });
  const orphan = state.addSnapshot(
    "Copied for DestinationAmi ami-1",
    new Map(Object.entries(tags)),
    "2026-11-30T00:00:00Z",
  );
  const finished = state.addImage({ name: REQUEST.name, tags });
  const foreign = state.addImage({ name: "other", tags: { ...tags, "groundplan:run": "7" } });
  const clients = clientsOf("us-east-1");

  const left = await leftoversOf(clients, "42");
  expect(left.finished).toEqual([finished.id]);
  const { removed, remaining } = await sweepRegion(clients, left);
  expect(removed.map(({ id }) => id).sort()).toEqual(
    [builder.id, broken.id, ...broken.snapshots, orphan.id].sort(),
  );
  expect(remaining).toEqual([]);
  expect(builder.state).toBe("terminated");
  expect([...state.images.keys()]).toEqual([finished.id, foreign.id]);
  expect([...state.snapshots.keys()]).toEqual([...finished.snapshots, ...foreign.snapshots]);
  expect((await leftoversOf(clients, "42")).remove).toEqual([]);
});

describe("Packer 1.6.6, which tags neither key pair nor security group", () => {
  /** What it has made for a run's builder. */
  function builderOf(run: string, key: string) {
    const state = server.region("us-east-1");
    const group = state.addSecurityGroup("packer_6ab1", "Temporary group for Packer");
    const pair = state.addKeyPair(key);
    const builder = state.addInstance("ami-0ba5e", { ...tagsOf(REQUEST), "groundplan:run": run });
    Object.assign(builder, { key, groups: [group.id] });
    return { builder, group, pair };
  }
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

  test("a sweep takes what the killed one left, by its machine and the key's name, and nothing of another's", async () => {
    const state = server.region("us-east-1");
    const own = builderOf("42", builderKeyName("42"));
    const other = builderOf("4", builderKeyName("4"));
    // A run's id may begin as another's does; and people have groups and keys.
    const alike = state.addKeyPair(builderKeyName("42-7"));
    const [people, peoplesKey] = [state.addSecurityGroup("web", "of people"), state.addKeyPair("people")];
    Object.assign(own.builder, { groups: [own.group.id, people.id] });

    const clients = clientsOf("us-east-1");
    const left = await leftoversOf(clients, "42");
    expect(ids(left.remove)).toEqual([own.builder.id, own.group.id, own.pair.id]);
    expect(left.kept).toEqual([]);
    await sweepRegion(clients, left);
    expect([...state.securityGroups.keys()]).toEqual([other.group.id, people.id]);
    expect([...state.keyPairs.keys()]).toEqual([other.pair.id, alike.id, peoplesKey.id]);
    expect((await leftoversOf(clients, "42")).remove).toEqual([]);
  });

  test("a key pair that Packer has named is found by its machine, also when that has ended", async () => {
    const { builder, pair } = builderOf("42", "packer_6ab1");
    Object.assign(builder, { state: "terminated", groups: [] });
    server.region("us-east-1").addKeyPair("packer_of_another");
    expect(ids((await leftoversOf(clientsOf("us-east-1"), "42")).remove)).toEqual([pair.id]);
  });

  test("a group that is still in use is found by the next sweep, though its machine tells of it no more", async () => {
    const { group } = builderOf("42", builderKeyName("42"));
    const clients = clientsOf("us-east-1");
    server.fail({ action: "DeleteSecurityGroup", code: "DependencyViolation" });
    const { remaining } = await sweepRegion(clients, await leftoversOf(clients, "42"));
    expect(ids(remaining)).toEqual([group.id]);
    const { removed } = await sweepRegion(clients, await leftoversOf(clients, "42"));
    expect(ids(removed)).toEqual([group.id]);
    expect(server.region("us-east-1").securityGroups.size).toBe(0);
  });

  test("a group without a machine is said, and stays: of which run it is nobody knows", async () => {
    const stray = server.region("us-east-1").addSecurityGroup("packer_6ab2", "Temporary group for Packer");
    const { remove, kept } = await leftoversOf(clientsOf("us-east-1"), "42");
    expect(remove).toEqual([]);
    expect(kept).toEqual([
      {
        kind: "security group",
        id: stray.id,
        reason: expect.stringContaining(
          `aws ec2 delete-security-group --region us-east-1 --group-id ${stray.id}`,
        ),
      },
    ]);
  });
});
