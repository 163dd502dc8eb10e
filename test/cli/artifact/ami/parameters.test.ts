import fc from "fast-check";
import { amiOf } from "../../../../cli/artifact/ami/ami";
import { clientsOf, type RegionClients } from "../../../../cli/artifact/ami/clients";
import { amisIn } from "../../../../cli/artifact/ami/facts";
import { pointersOf, requireParameterPath, writeParameters } from "../../../../cli/artifact/ami/parameters";
import { take } from "./ec2-actions";
import { Ec2Server } from "./ec2-server";
import type { RegionState, StoredImage } from "./ec2-state";

const PATH = "/acme/dev/images";
const IMAGE = "vxlan-graviton";
const LATEST = `${PATH}/${IMAGE}/latest`;
const DEV = `${PATH}/${IMAGE}/dev`;
const PATIENCE = { pause: 1, looks: 5 };
const before = { ...process.env };
let server: Ec2Server;
let region: RegionState;
let clients: RegionClients;

beforeEach(async () => {
  server = await Ec2Server.start();
  Object.assign(process.env, server.environment());
  region = server.region("us-east-1");
  clients = clientsOf("us-east-1");
});
afterEach(async () => {
  process.env = before;
  await server.stop();
});

const tags = (channel: string, version: string) => ({
  "groundplan:image": IMAGE,
  "groundplan:channel": channel,
  Version: version,
});
const release = (version: string, props: object = {}) =>
  region.addImage({ name: `${IMAGE}-${version}`, tags: tags("release", version), ...props });
const dev = (age: number) =>
  region.addImage({ name: `${IMAGE}-dev-20260101-${age}`, age, tags: tags("dev", `dev-${age}`) });

/** Writes the parameters of an AMI. @returns which, and how. */
async function write({ id }: StoredImage): Promise<readonly string[]> {
  const [ami] = await amisIn(clients, { id });
  if (!ami) throw new Error(`there is no ${id}`);
  const written = await writeParameters(clients, PATH, ami, PATIENCE);
  return written.map(({ name, how }) => `${name.split("/").at(-1)} ${how}`);
}

const puts = () => server.calls.filter(({ action }) => action === "PutParameter");

test("a release has a parameter of its version before latest leads to it, each of AWS's type for AMIs, tagged", async () => {
  const one = release("1.2.0");
  expect(await write(one)).toEqual(["1.2.0 written", "latest written"]);
  expect([...region.parameters]).toEqual([
    [`${PATH}/${IMAGE}/1.2.0`, one.id],
    [LATEST, one.id],
  ]);
  for (const { params } of puts())
    expect(JSON.parse(params.get("json") ?? "")).toMatchObject({
      DataType: "aws:ec2:image",
      Type: "String",
      Tags: [{ Key: "groundplan:image", Value: IMAGE }],
    });
  server.calls.length = 0;
  expect(await write(one)).toEqual(["1.2.0 there", "latest there"]);
  expect(puts()).toEqual([]);
});

test("latest never goes back: not to an older version, nor to one of an older line, nor to one that is not final", async () => {
  const [newest, older, candidate] = [release("1.10.0"), release("1.9.3"), release("2.0.0-rc.1")];
  await write(newest);
  expect(await write(older)).toEqual(["1.9.3 written", "latest newer"]);
  expect(await write(candidate)).toEqual(["2.0.0-rc.1 written"]);
  expect(region.parameters.get(LATEST)).toBe(newest.id);
  expect(await write(release("1.10.1"))).toEqual(["1.10.1 written", "latest written"]);
});

test("latest leads to another release where its AMI is gone, or somebody has disabled it", async () => {
  const [bad, good] = [release("1.3.0"), release("1.2.0")];
  await write(bad);
  bad.state = "disabled";
  expect(await write(good)).toEqual(["1.2.0 written", "latest written"]);
  region.images.delete(good.id);
  expect(await write(release("1.1.0"))).toEqual(["1.1.0 written", "latest written"]);
});

test("dev is the newest private image, whichever build ends first", async () => {
  const [old, young] = [dev(3), dev(1)];
  expect(await write(young)).toEqual(["dev written"]);
  expect(await write(old)).toEqual(["dev newer"]);
  expect(region.parameters.get(DEV)).toBe(young.id);
});

test("two runs at once: whoever wrote last sees what came between, and the newer one is there at the end", async () => {
  const [first, newer, older] = [dev(9), dev(1), dev(5)];
  await write(first);
  region.acceptanceTakes = 1;
  let isBetween = true;
  server.onCall = ({ action }) => {
    if (action !== "PutParameter" || !isBetween) return;
    isBetween = false;
    // The other run has read the same, and writes right before this one.
    take(region, DEV, newer.id);
  };
  expect(await write(older)).toEqual(["dev newer"]);
  expect(region.parameters.get(DEV)).toBe(newer.id);
  expect(region.parameterVersions.get(DEV)).toEqual([first.id, newer.id, older.id, newer.id]);
});

test("a parameter that another run creates meanwhile is compared with, and not an error", async () => {
  const [newer, older] = [dev(1), dev(5)];
  let isBetween = true;
  server.onCall = ({ action }) => {
    if (action === "PutParameter" && isBetween) take(region, DEV, newer.id);
    if (action === "PutParameter") isBetween = false;
  };
  expect(await write(older)).toEqual(["dev newer"]);
});

test("AWS answers before it has looked at the AMI: it is waited for, and one that it does not accept is said", async () => {
  region.acceptanceTakes = 3;
  expect(await write(dev(1))).toEqual(["dev written"]);
  const gone = release("1.2.0");
  server.onCall = ({ action }) => {
    if (action === "PutParameter") gone.state = "pending";
  };
  await expect(write(gone)).rejects.toThrow(
    /\/1\.2\.0 in us-east-1 does not hold ami-.*AWS has not accepted the AMI\b/,
  );
  // `latest` does not lead to what its version does not have.
  expect(region.parameters.has(LATEST)).toBe(false);
});

test("a parameter of another type, and a version that holds another AMI, are left, and say what to do", async () => {
  region.parameters.set(LATEST, "ami-1");
  region.parameterTypes.set(LATEST, "text");
  await expect(write(release("1.2.0"))).rejects.toThrow(
    /has the data type text, and not aws:ec2:image.*\n.*aws ssm delete-parameter --region us-east-1 --name \/acme/,
  );
  const other = release("1.0.0");
  region.parameters.set(`${PATH}/${IMAGE}/1.1.0`, other.id);
  await expect(write(release("1.1.0"))).rejects.toThrow(
    /1\.1\.0 in us-east-1 holds ami-.*vxlan-graviton-1\.0\.0/,
  );
  expect(region.parameters.get(LATEST)).toBe("ami-1");
});

test("model: in whatever order releases are published, latest is the highest final version that there is", async () => {
  const version = fc
    .tuple(fc.nat(3), fc.nat(12), fc.constantFrom("", "-rc.1"))
    .map(([a, b, end]) => `${a}.${b}.0${end}`);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(version, { minLength: 1, maxLength: 4 }), async (versions) => {
      for (const one of [region.images, region.parameters, region.parameterVersions]) one.clear();
      for (const one of versions) await write(release(one));
      const final = versions.filter((one) => !one.includes("-"));
      const [highest] = [...final].sort(
        (a, b) =>
          Number(b.split(".")[0]) - Number(a.split(".")[0]) ||
          Number(b.split(".")[1]) - Number(a.split(".")[1]),
      );
      const latest = region.images.get(region.parameters.get(LATEST) ?? "");
      expect(latest?.tags.get("Version")).toBe(highest);
      for (const one of versions) expect(region.parameters.has(`${PATH}/${IMAGE}/${one}`)).toBe(true);
    }),
    { numRuns: 8 },
  );
}, 300_000);

test.each(["acme/images", "/acme/images/", "/aws/images", "/ssm-x", "/acme/*", "/acme//x", ""])(
  "%j cannot begin the names of parameters",
  (path) => expect(() => requireParameterPath(path)).toThrow("cannot begin the names of SSM parameters"),
);

test("what begins them is taken as it is, and a private image has one parameter", () => {
  expect(requireParameterPath(PATH)).toBe(PATH);
  expect(pointersOf(amiOf({ Tags: [{ Key: "groundplan:channel", Value: "dev" }] }, "us-east-1"))).toEqual([
    "dev",
  ]);
});
