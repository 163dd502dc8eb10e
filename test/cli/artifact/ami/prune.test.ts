import fc from "fast-check";
import { clientsOf, type RegionClients } from "../../../../cli/artifact/ami/clients";
import { pruneFacts } from "../../../../cli/artifact/ami/facts";
import { pruneRegion } from "../../../../cli/artifact/ami/prune";
import { prunePlan } from "../../../../cli/artifact/ami/prune-plan";
import { Ec2Server } from "./ec2-server";
import type { RegionState } from "./ec2-state";

const IMAGE = "vxlan-graviton";
const DEV = { "groundplan:image": IMAGE, "groundplan:channel": "dev", "groundplan:run": "1" };
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

let made = 0;
function addDev(region: RegionState, props: Partial<Parameters<RegionState["addImage"]>[0]> = {}) {
  made += 1;
  return region.addImage({
    name: `${IMAGE}-dev-20260101-${made.toString(16).padStart(7, "0")}`,
    age: 30,
    tags: DEV,
    ...props,
  });
}

const wish = { image: IMAGE, keep: 0, now: new Date() };

/** Plans and prunes once. */
async function prune(clients: RegionClients, keep = 0) {
  return pruneRegion(clients, prunePlan(await pruneFacts(clients, IMAGE), { ...wish, keep }));
}

test("every kind of reference keeps its AMI, and says since when", async () => {
  const region = server.region("us-east-1");
  const since = "2018-05-06T00:00:00.000Z";
  const [a, b, c, d, e, f, g, h, i] = Array.from({ length: 9 }, () => addDev(region).id) as [
    string,
    ...string[],
  ];
  region.addInstance(a ?? "");
  region.templates.push({ name: "web", images: [b ?? "", c ?? ""], since });
  region.groups.push({ name: "pool", images: [d ?? ""], since });
  region.configurations.push({ name: "old", images: [e ?? ""], since });
  region.fleets.push({ name: "fleet-1", images: [f ?? ""], since });
  region.spotFleets.push({ name: "sfr-1", images: [g ?? ""], since });
  region.parameters.set("/acme/dev/images/vxlan-graviton/dev", h ?? "");
  // A template may name what a parameter was before.
  region.templates.push({ name: "pinned", images: ["resolve:ssm:/acme/dev/images/x:3"], since });
  region.parameters.set("/acme/dev/images/x:3", i ?? "");
  const unused = addDev(region);

  const plan = prunePlan(await pruneFacts(clientsOf("us-east-1"), IMAGE), wish);
  expect(plan.remove.map(({ id }) => id)).toEqual([unused.id]);
  expect(new Map(plan.kept.map(({ ami, reasons }) => [ami.id, reasons.join()]))).toEqual(
    new Map([
      [a, `instance ${[...region.instances.keys()][0]} since 2026-01-02`],
      [b, "version 1 of launch template web since 2018-05-06"],
      [c, "version 2 of launch template web since 2018-05-06"],
      [d, "autoscaling group pool since 2018-05-06"],
      [e, "launch configuration old since 2018-05-06"],
      [f, "fleet fleet-1 since 2018-05-06"],
      [g, "spot fleet sfr-1 since 2018-05-06"],
      [h, "SSM parameter /acme/dev/images/vxlan-graviton/dev since 2026-02-03"],
      [i, "version 1 of launch template pinned since 2018-05-06"],
    ]),
  );
});

test("wherever a parameter is named, what it holds is needed: without a version too, and of whatever type", async () => {
  const region = server.region("us-east-1");
  const since = "2018-05-06T00:00:00.000Z";
  const [a, b] = [addDev(region), addDev(region)];
  const unused = addDev(region);
  region.templates.push(
    { name: "web", images: ["resolve:ssm:/golden/web", "resolve:ssm:/aws/service/canonical/ubuntu"], since },
    { name: "old", images: ["resolve:ssm:/golden/web:2"], since },
  );
  region.fleets.push({ name: "fleet-1", images: ["resolve:ssm:/golden/web"], since });
  region.parameters.set("/golden/web", a.id);
  region.parameters.set("/golden/web:2", b.id);
  // What AWS publishes is not read, and the role may not.
  region.unreadable.add("/aws/service/canonical/ubuntu");
  const { remove, kept } = prunePlan(await pruneFacts(clientsOf("us-east-1"), IMAGE), wish);
  expect(remove.map(({ id }) => id)).toEqual([unused.id]);
  expect(Object.fromEntries(kept.map(({ ami, reasons }) => [ami.id, reasons]))).toEqual({
    [a.id]: [
      "SSM parameter /golden/web since 2026-02-03",
      "version 1 of launch template web since 2018-05-06",
      "fleet fleet-1 since 2018-05-06",
    ],
    [b.id]: ["version 1 of launch template old since 2018-05-06"],
  });
});

test("a parameter that the role may not read may hold any AMI: it is named, with what lets the role read it", async () => {
  const region = server.region("us-east-1");
  addDev(region);
  for (const name of ["/acme/one", "/golden/secret", "/acme/two"]) region.parameters.set(name, "ami-0");
  region.unreadable.add("/golden/secret");
  await expect(prune(clientsOf("us-east-1"))).rejects.toThrow(
    /nothing is removed in us-east-1: SSM parameters cannot be read.*\n.*may not read \/golden\/secret\n.*images\.parameterPaths/,
  );
  expect(region.images.size).toBe(1);
});

test.each([
  "DescribeInstances",
  "DescribeLaunchTemplates",
  "DescribeLaunchTemplateVersions",
  "DescribeAutoScalingGroups",
  "DescribeLaunchConfigurations",
  "DescribeFleets",
  "DescribeSpotFleetRequests",
  "DescribeParameters",
])("what %s refuses to say may need any AMI: nothing is removed", async (action) => {
  const region = server.region("us-east-1");
  addDev(region);
  region.templates.push({ name: "web", images: ["ami-1"], since: "2018-05-06T00:00:00Z" });
  server.fail({ action, code: "UnauthorizedOperation", times: 9 });
  await expect(prune(clientsOf("us-east-1"))).rejects.toThrow(
    /nothing is removed in us-east-1: .* cannot be read, and may need any AMI/,
  );
  expect(region.images.size).toBe(1);
});

test("what is not asked before: permissions of other accounts, and instances that were started meanwhile", async () => {
  const region = server.region("us-east-1");
  const [shared, started, free] = [addDev(region), addDev(region), addDev(region)];
  shared.permissions.add("210987654321");
  const clients = clientsOf("us-east-1");
  const plan = prunePlan(await pruneFacts(clients, IMAGE), wish);
  const { id } = region.addInstance(started.id);

  const pruned = await pruneRegion(clients, plan);
  expect(pruned.kept).toEqual([
    `${shared.id} (${shared.name}): 210987654321 may start it`,
    `${started.id} (${started.name}): instance ${id} was started`,
  ]);
  expect([...region.images.keys()]).toEqual([shared.id, started.id]);
  expect(pruned.deleted).toEqual(free.snapshots);
});

test("an AMI that goes to the Recycle Bin keeps its snapshots, also in the next run", async () => {
  const region = server.region("us-east-1");
  region.keepsDeleted = true;
  const one = addDev(region);
  const clients = clientsOf("us-east-1");
  expect(await prune(clients)).toMatchObject({ recycled: [one.id], deleted: [] });
  expect(await prune(clients)).toMatchObject({ deregistered: [], deleted: [] });
  expect([...region.snapshots.keys()]).toEqual(one.snapshots);
});

test("ended between the AMI and its snapshot, or answered twice: the next run removes the rest", async () => {
  const region = server.region("us-east-1");
  for (let at = 0; at < 3; at += 1) addDev(region);
  const clients = clientsOf("us-east-1");
  // Each is carried out and its answer is lost: the SDK asks again for what is gone.
  server.fail({ action: "DeregisterImage", code: "cut", carriedOut: true });
  server.fail({ action: "DeleteSnapshot", code: "InternalError", times: 50 });
  await expect(prune(clients)).rejects.toThrow(
    /2 of 3 AMIs, 0 snapshots\n {2}the same command again goes on/,
  );
  server.heal();
  expect(region.images.size).toBe(0);
  expect(region.snapshots.size).toBe(3);
  expect((await prune(clients)).deleted).toHaveLength(3);
  expect(region.snapshots.size).toBe(0);
}, 60_000);

const op = fc.record({
  what: fc.constantFrom(
    "build",
    "build",
    "release",
    "use",
    "free",
    "protect",
    "share snapshot",
    "prune",
    "prune",
  ),
  which: fc.nat(30),
  keep: fc.integer({ min: 0, max: 3 }),
  fault: fc.constantFrom(undefined, undefined, "DeregisterImage", "DeleteSnapshot", "ListImagesInRecycleBin"),
});

test("model: whatever was built, used and pruned in whatever order, and with whatever failure, nothing needed is gone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 4, maxLength: 14 }), async (operations) => {
      const region = server.region(`eu-west-${operations.length}`);
      for (const one of [region.images, region.snapshots, region.instances]) one.clear();
      const needed = new Set<string>();
      const clients = clientsOf(region.name);
      for (const { what, which, keep, fault } of operations) {
        const all = [...region.images.values()];
        const some = all[which % Math.max(all.length, 1)];
        if (what === "build") addDev(region, { age: 30 - all.length / 10 });
        else if (what === "release") {
          const { id } = region.addImage({
            name: `${IMAGE}-1.${region.images.size}.${which}`,
            tags: { ...DEV, "groundplan:channel": "release" },
          });
          needed.add(id);
        } else if (what === "use" && some) {
          region.addInstance(some.id);
        } else if (what === "free") {
          const [instance] = region.instances.values();
          if (instance) instance.state = "terminated";
        } else if (what === "protect" && some) some.isProtected = true;
        else if (what === "share snapshot" && some)
          region.addImage({ name: `copy-${region.images.size}`, snapshots: some.snapshots });
        else if (what === "prune") {
          const used = [...region.instances.values()]
            .filter(({ state }) => state === "running")
            .map(({ image }) => image);
          const isDev = ({ tags, name }: { tags: Map<string, string>; name: string }) =>
            tags.get("groundplan:channel") === "dev" && name.includes("-dev-");
          const newest = all
            .filter(isDev)
            .sort((a, b) => (a.created < b.created ? 1 : -1))
            .slice(0, keep);
          const stays = all.filter(
            (image) =>
              needed.has(image.id) ||
              used.includes(image.id) ||
              image.isProtected ||
              newest.includes(image) ||
              !isDev(image),
          );
          if (fault) server.fail({ action: fault, code: "UnauthorizedOperation" });
          await prune(clients, keep).catch(() => undefined);
          server.heal();
          const missing = stays.filter(({ id }) => !region.images.has(id));
          expect(missing).toEqual([]);
          // Each image that is there has its snapshots.
          const snapshots = [...region.images.values()].flatMap((image) => image.snapshots);
          expect(snapshots.filter((id) => !region.snapshots.has(id))).toEqual([]);
        }
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("1,000 AMIs in 3 Regions: at most 20 describe calls a Region for the plan, and the removal is linear", async () => {
  const regions = ["us-east-1", "us-west-2", "eu-west-1"];
  const since = "2026-01-01T00:00:00Z";
  for (const [at, name] of regions.entries()) {
    const region = server.region(name);
    const size = at === 0 ? 334 : 333;
    const ids = Array.from({ length: size }, () => addDev(region).id);
    for (let one = 0; one < 200; one += 1) region.addInstance(ids[one] ?? "");
    for (let one = 0; one < 5; one += 1)
      region.templates.push({ name: `t${one}`, images: ids.slice(200 + one * 10, 210 + one * 10), since });
    for (let one = 0; one < 20; one += 1) region.parameters.set(`/acme/${one}`, ids[250 + one] ?? "");
  }
  const counts: number[] = [];
  for (const name of regions) {
    const clients = clientsOf(name);
    server.calls.length = 0;
    const plan = prunePlan(await pruneFacts(clients, IMAGE), { ...wish, keep: 5 });
    counts.push(server.calls.length);
    server.calls.length = 0;
    const { deregistered } = await pruneRegion(clients, plan);
    expect(deregistered).toHaveLength(plan.remove.length);
    // For each AMI its permissions, itself and its snapshot; once for 200 of them who was started, and the bin.
    expect(server.calls.length).toBe(3 * plan.remove.length + 2);
  }
  expect(counts).toEqual([17, 17, 17]);
  for (const count of counts) expect(count).toBeLessThanOrEqual(20);
}, 120_000);
