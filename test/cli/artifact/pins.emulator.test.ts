import { LambdaClient } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { checkAccount } from "../../../cli/artifact/account";
import type { Artifact } from "../../../cli/artifact/index-object";
import { ArtifactStore } from "../../../cli/artifact/store";
import { Administrator } from "./administrator";
import { Bucket, LOCATION, pinsOf, placeOf, publishNew } from "./bucket";
import { FaultInjector } from "./fault-injector";
import { openProxy } from "./request-proxy";
import { type Befalls, Sequence, type Step, type Tally } from "./sequences";
import { type Command, World } from "./world";

let bucket: Bucket;

beforeAll(async () => {
  bucket = await Bucket.open();
});

afterAll(async () => {
  await bucket?.close();
});

test("what is gone is not pinned, and the pin stays what it was", async () => {
  const service = bucket.newService();
  const [kept, lost] = [await publishNew(service, "a"), await publishNew(service, "b")];
  const pins = pinsOf(service, "dev");
  await pins.pin(kept);
  await bucket.remove(lost);
  await expect(pins.pin(lost)).rejects.toThrow(/its object is gone[\s\S]*nothing was changed\n/);
  await expect(pins.rollBack(lost)).rejects.toThrow(/its object is gone/);
  expect(await pins.read()).toMatchObject({ pin: { sha256: kept.sha256 }, version: 1 });
});

/** A bucket from which an artifact goes just after it was seen. */
class LeakyStore extends ArtifactStore {
  override async has(artifact: Artifact): Promise<boolean> {
    const is = await super.has(artifact);
    if (is && artifact.commit === "commit-of-leak") await bucket.remove(artifact);
    return is;
  }
}

test.each(["over another pin", "as the first"])(
  "what goes while it is pinned %s is taken back",
  async (how) => {
    const service = bucket.newService();
    const [kept, leak] = [await publishNew(service, "a"), await publishNew(service, "leak")];
    const pins = pinsOf(service, "dev", new LeakyStore(LOCATION));
    if (how === "over another pin") await pins.pin(kept);
    await expect(pins.pin(leak)).rejects.toThrow(/its object is gone/);
    expect((await pins.read())?.pin.sha256).toBe(how === "over another pin" ? kept.sha256 : undefined);
  },
);

/** A bucket beside which somebody else pins, between the look at a pin and its write. */
class BusyStore extends ArtifactStore {
  constructor(private readonly other: () => Promise<unknown>) {
    super(LOCATION);
  }

  override async has(artifact: Artifact): Promise<boolean> {
    await this.other();
    return super.has(artifact);
  }
}

test("of two that pin at once, the later puts back what the other pinned, and fails", async () => {
  const service = bucket.newService();
  const [a, b, c] = [
    await publishNew(service, "a"),
    await publishNew(service, "b"),
    await publishNew(service, "c"),
  ];
  const theirs = pinsOf(service, "dev");
  await theirs.pin(a);
  const ours = pinsOf(service, "dev", new BusyStore(() => theirs.pin(b)));
  await expect(ours.pin(c)).rejects.toThrow(/another run pinned service-\d+ in dev just now/);
  expect((await theirs.read())?.pin).toMatchObject({ sha256: b.sha256, before: [a.sha256] });
});

test("credentials of another account are told before anything is read", async () => {
  const place = { account: "123456789012", region: LOCATION.region };
  const before = process.env.AWS_ACCESS_KEY_ID;
  const told = /of account 999988887777, and dev is in 123456789012\n {2}sign in[^\n]*\n {2}or not$/;
  try {
    process.env.AWS_ACCESS_KEY_ID = "999988887777";
    await expect(checkAccount("dev", place, "or not")).rejects.toThrow(told);
    await checkAccount("dev", { ...place, account: undefined });
    process.env.AWS_ACCESS_KEY_ID = "123456789012";
    await checkAccount("dev", place);
  } finally {
    process.env.AWS_ACCESS_KEY_ID = before;
  }
});

test("to undo puts back what was pinned, unless somebody pinned since", async () => {
  const service = bucket.newService();
  const [a, b, c] = [
    await publishNew(service, "a"),
    await publishNew(service, "b"),
    await publishNew(service, "c"),
  ];
  const pins = pinsOf(service, "dev");
  const first = await pins.pin(a);
  expect(await first.undo()).toBeUndefined();
  expect(await pins.read()).toBeUndefined();
  await pins.pin(a);
  const second = await pins.pin(b);
  await pins.pin(c);
  expect(await second.undo()).toBe("another run has pinned since, and its pin stays");
  expect((await pins.read())?.pin.sha256).toBe(c.sha256);
});

test("a parameter that holds something else is left alone", async () => {
  const service = bucket.newService();
  const { parameter: Name } = placeOf(service, "dev");
  await new SSMClient({}).send(new PutParameterCommand({ Name, Value: "mine", Type: "String" }));
  const artifact = await publishNew(service, "a");
  await expect(pinsOf(service, "dev").pin(artifact)).rejects.toThrow(/does not hold a pin/);
});

const deploy = (to: string, befalls: Befalls = {}, environment: "dev" | "staging" = "dev"): Step => ({
  kind: "one",
  command: { kind: "deploy", environment, to, atOnce: false },
  befalls,
});

const prune = (befalls: Befalls): Step => ({ kind: "one", command: { kind: "prune", keep: 1 }, befalls });

// The sequences of `sequences.test.ts` here: so the small AWS that hundreds of them meet there answers as this one.
test("commands that are broken off, overtaken and refused leave every pin right", async () => {
  const [faultInjector, service] = [new FaultInjector(), bucket.newService()];
  const proxy = await openProxy(bucket.guarded.url, faultInjector.handle);
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const tally: Tally = new Map();
  try {
    process.env.AWS_ENDPOINT_URL = proxy.url;
    const administrator = new Administrator(bucket.endpoint, LOCATION.bucket);
    const world = new World(service, LOCATION, administrator, {
      ssm: new SSMClient(),
      lambda: new LambdaClient(),
    });
    const two = [deploy("a"), deploy("b")].flatMap((step) => (step.kind === "one" ? [step.command] : []));
    await new Sequence(world, faultInjector, tally).run([
      deploy("a", { breaks: { at: "plan", how: "fails" } }),
      deploy("a", { fault: { at: 7, how: "cut after" } }),
      deploy("b", { breaks: { at: "middle", how: "is interrupted" } }),
      { kind: "two", commands: [two[0], two[1]] as [Command, Command], order: [0, 1, 1, 0] },
      deploy("b", { meanwhile: "an alarm goes on" }, "staging"),
      deploy("b", {}, "staging"),
      { kind: "one", command: { kind: "rollback", environment: "staging" }, befalls: {} },
      { kind: "one", command: { kind: "publish", content: "c" }, befalls: {} },
      { kind: "delete", content: "c" },
      deploy("c"),
      { kind: "one", command: { kind: "publish", content: "d" }, befalls: {} },
      { kind: "one", command: { kind: "publish", content: "e" }, befalls: {} },
      prune({ meanwhile: "it is interrupted" }),
      prune({ fault: { at: 30, how: "refused" } }),
      prune({}),
      { kind: "one", command: { kind: "publish", content: "d" }, befalls: {} },
      deploy("d"),
    ]);
  } finally {
    process.env.AWS_ENDPOINT_URL = endpoint;
    proxy.close();
  }
  const some = ["Terraform fails", "interrupted", "went back to", "its object is gone", "deployed"];
  expect([...tally.keys()]).toEqual(expect.arrayContaining(some.map((how) => `deploy: ${how}`)));
  expect([...tally.keys()]).toEqual(expect.arrayContaining(["prune: removed", "prune: interrupted"]));
});
