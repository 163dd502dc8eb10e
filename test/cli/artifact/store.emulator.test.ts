import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { ArtifactBucket, artifactBucketName } from "@groundplan/modules/serverless";
import fc from "fast-check";
import { checkAccount } from "../../../cli/artifact/account";
import type { BuiltArtifact } from "../../../cli/artifact/build";
import { type Artifact, artifactKey, artifactNamed } from "../../../cli/artifact/index-object";
import { Pins } from "../../../cli/artifact/pins";
import { publish } from "../../../cli/artifact/publish";
import { ArtifactStore } from "../../../cli/artifact/store";
import { zip } from "../../../cli/artifact/zip";
import { type Emulator, startEmulator } from "../../emulator";
import { synthesized } from "../../modules/network/synthesized";
import { statementsOf } from "../../modules/serverless/made";
import { guarding, type Line, openLine } from "./line";

const PLACE = { platform: "groundplan", account: "123456789012", region: "us-east-1" };
const LOCATION = { bucket: artifactBucketName(PLACE), region: PLACE.region };

let emulator: Emulator;
/** By it the store gets to S3: what the policy of the real bucket denies is refused. */
let guarded: Line;
/** An administrator, whom no policy holds. */
let s3: S3Client;
const before = { ...process.env };

beforeAll(async () => {
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  const endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
  s3 = new S3Client({ forcePathStyle: true, endpoint });
  const stack = synthesized((scope) => new ArtifactBucket(scope, "artifacts", PLACE));
  guarded = await openLine(endpoint, guarding(LOCATION.bucket, statementsOf(stack, "aws_s3_bucket_policy")));
  process.env.AWS_ENDPOINT_URL = guarded.url;
  const Bucket = LOCATION.bucket;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
}, 180_000);

afterAll(async () => {
  process.env = before;
  guarded?.close();
  await emulator?.stop();
}, 60_000);

let services = 0;

/** A service of which nothing is published. */
function newService(): string {
  services += 1;
  return `service-${services}`;
}

function built(service: string, content: string): BuiltArtifact {
  return { ...zip({ "index.js": Buffer.from(content) }), service, file: "", commit: `commit-of-${content}` };
}

const store = () => new ArtifactStore(LOCATION);
const publishNew = async (service: string, content: string) =>
  (await publish(store(), built(service, content))).artifact;

function remove({ key, versionId }: Artifact) {
  return s3.send(new DeleteObjectCommand({ Bucket: LOCATION.bucket, Key: key, VersionId: versionId }));
}

const placeOf = (service: string, environment: string) => ({
  parameter: `/groundplan/${environment}/${service}/artifact`,
  region: LOCATION.region,
  environment,
  service,
});
const pinsOf = (service: string, environment: string, from = store()) =>
  new Pins(from, placeOf(service, environment));

test("a hash is uploaded once, whoever builds it", async () => {
  const service = newService();
  const first = await publish(store(), built(service, "a"));
  const other = await publish(store(), built(service, "b"));
  const again = await publish(store(), { ...built(service, "a"), commit: "a revert" });
  expect([first.isNew, other.isNew, again.isNew]).toEqual([true, true, false]);
  expect(again.artifact).toMatchObject({ versionId: first.artifact.versionId, commit: "a revert" });
  // A deploy of the newest deploys what was published last, not the hash that was new last.
  expect((await store().index(service)).artifacts.at(-1)).toEqual(again.artifact);
  expect(await store().has(first.artifact)).toBe(true);
});

test("ten publishers at once lose nothing, and the same bytes are one artifact", async () => {
  const service = newService();
  const contents = ["a", "b", "c", "d", "e", "f", "g", "h", "same", "same"];
  await Promise.all(contents.map((content) => publishNew(service, content)));
  const { artifacts } = await store().index(service);
  expect(new Set(artifacts.map(({ commit }) => commit))).toEqual(
    new Set(contents.map((one) => `commit-of-${one}`)),
  );
  const same = artifacts.filter(({ commit }) => commit === "commit-of-same");
  expect(new Set(same.map(({ versionId }) => versionId)).size).toBe(1);
  for (const artifact of artifacts) expect(await store().has(artifact)).toBe(true);
});

test("a run that ended before it wrote the index is completed by the next", async () => {
  const service = newService();
  const made = built(service, "a");
  const versionId = await store().upload(service, made);
  expect((await store().index(service)).artifacts).toEqual([]);
  expect((await publishNew(service, "a")).versionId).toBe(versionId);
});

test("an object that was deleted is uploaded again, and its entry renewed", async () => {
  const service = newService();
  const lost = await publishNew(service, "a");
  await remove(lost);
  expect(await store().has(lost)).toBe(false);
  const again = await publishNew(service, "a");
  expect(again.versionId).not.toBe(lost.versionId);
  expect((await store().index(service)).artifacts).toEqual([again]);
});

test("other content where only this may lie is put right", async () => {
  const service = newService();
  const made = built(service, "a");
  const Key = artifactKey(service, made.sha256);
  const other = { Bucket: LOCATION.bucket, Key, Body: "other" };
  // Nobody writes it by accident: the policy refuses what expects nothing.
  const anybody = new S3Client({ forcePathStyle: true });
  await expect(anybody.send(new PutObjectCommand(other))).rejects.toThrow(/denied by ConditionalWrites/i);
  await s3.send(new PutObjectCommand(other));
  expect(await store().has(await publishNew(service, "a"))).toBe(true);
});

/** A line on which one byte of everything that is uploaded changes. */
const brokenLine = () =>
  openLine(guarded.url, (_, body) => {
    if (body.length > 20) body[20] = (body[20] ?? 0) ^ 1;
    return { body };
  });

test("an upload that changes on the way is refused, and nothing is written", async () => {
  const service = newService();
  const line = await brokenLine();
  const endpoint = process.env.AWS_ENDPOINT_URL;
  try {
    process.env.AWS_ENDPOINT_URL = line.url;
    await expect(publishNew(service, "a")).rejects.toThrow(
      /whose content changed on the way[\s\S]*nothing was written/,
    );
  } finally {
    process.env.AWS_ENDPOINT_URL = endpoint;
    line.close();
  }
  expect((await store().index(service)).artifacts).toEqual([]);
  expect(await store().has(await publishNew(service, "a"))).toBe(true);
});

test("what is gone is not pinned, and the pin stays what it was", async () => {
  const service = newService();
  const [kept, lost] = [await publishNew(service, "a"), await publishNew(service, "b")];
  const pins = pinsOf(service, "dev");
  await pins.pin(kept);
  await remove(lost);
  await expect(pins.pin(lost)).rejects.toThrow(/its object is gone[\s\S]*nothing was changed/);
  await expect(pins.rollBack(lost)).rejects.toThrow(/its object is gone/);
  expect(await pins.read()).toMatchObject({ pin: { sha256: kept.sha256 }, version: 1 });
});

/** A bucket from which an artifact goes just after it was seen. */
class LeakyStore extends ArtifactStore {
  override async has(artifact: Artifact): Promise<boolean> {
    const is = await super.has(artifact);
    if (is && artifact.commit === "commit-of-leak") await remove(artifact);
    return is;
  }
}

test.each(["over another pin", "as the first"])(
  "what goes while it is pinned %s is taken back",
  async (how) => {
    const service = newService();
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
  const service = newService();
  const [a, b, c] = [
    await publishNew(service, "a"),
    await publishNew(service, "b"),
    await publishNew(service, "c"),
  ];
  const theirs = pinsOf(service, "dev");
  await theirs.pin(a);
  const ours = pinsOf(service, "dev", new BusyStore(() => theirs.pin(b)));
  await expect(ours.pin(c)).rejects.toThrow(/somebody else pinned service-\d+ in dev just now/);
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
  const service = newService();
  const [a, b, c] = [
    await publishNew(service, "a"),
    await publishNew(service, "b"),
    await publishNew(service, "c"),
  ];
  const pins = pinsOf(service, "dev");
  const undoFirst = await pins.pin(a);
  expect(await undoFirst()).toBe(true);
  expect(await pins.read()).toBeUndefined();
  await pins.pin(a);
  const undo = await pins.pin(b);
  await pins.pin(c);
  expect(await undo()).toBe(false);
  expect((await pins.read())?.pin.sha256).toBe(c.sha256);
});

test("a parameter that holds something else is left alone", async () => {
  const service = newService();
  const { parameter: Name } = placeOf(service, "dev");
  await new SSMClient({}).send(new PutParameterCommand({ Name, Value: "mine", Type: "String" }));
  const artifact = await publishNew(service, "a");
  await expect(pinsOf(service, "dev").pin(artifact)).rejects.toThrow(/holds no pin/);
});

test("a bucket that is not there is told, with how to make it", async () => {
  const nowhere = new ArtifactStore({ ...LOCATION, bucket: "no-such-bucket-anywhere" });
  await expect(publish(nowhere, built("api", "a"))).rejects.toThrow(
    /no bucket no-such-bucket-anywhere[\s\S]*bootstrap/,
  );
});

const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
const environment = fc.nat(2);
const content = fc.constantFrom("a", "b", "c", "d");

/** What somebody may do, in any order. */
const OPERATION = fc.oneof(
  fc.record({ kind: fc.constant("publish" as const), content }),
  fc.record({
    kind: fc.constant("deploy" as const),
    environment,
    content: fc.option(content, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("promote" as const), environment: fc.integer({ min: 1, max: 2 }) }),
  fc.record({
    kind: fc.constant("rollback" as const),
    environment,
    content: fc.option(content, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("delete" as const), content }),
);

type Operation = typeof OPERATION extends fc.Arbitrary<infer T> ? T : never;

/** Does it as the commands do; what they refuse changes nothing. `asked` is the store that they ask what is there. */
async function carryOut(service: string, operation: Operation, asked: ArtifactStore): Promise<void> {
  const index = await store().index(service);
  const named = (text: string | undefined) =>
    text === undefined
      ? index.artifacts.at(-1)
      : index.artifacts.find(({ commit }) => commit === `commit-of-${text}`);
  if (operation.kind === "publish") return void (await publishNew(service, operation.content));
  if (operation.kind === "delete") {
    const doomed = named(operation.content);
    const pins = await Promise.all(ENVIRONMENTS.map((one) => pinsOf(service, one).read()));
    // The bucket's policy keeps every version; this is an administrator who changed it, and spares what is pinned.
    if (doomed && !pins.some((read) => read?.pin.versionId === doomed.versionId)) await remove(doomed);
    return;
  }
  const pins = pinsOf(service, ENVIRONMENTS[operation.environment] ?? "dev", asked);
  if (operation.kind === "promote") {
    const from = await pinsOf(service, ENVIRONMENTS[operation.environment - 1] ?? "dev").read();
    if (from) await pins.pin(artifactNamed(index, from.pin.sha256));
    return;
  }
  if (operation.kind === "deploy") {
    const artifact = named(operation.content);
    if (artifact) await pins.pin(artifact);
    return;
  }
  const [last] = (await pins.read())?.pin.before ?? [];
  const back =
    operation.content === undefined ? last && artifactNamed(index, last) : named(operation.content);
  if (back) await pins.rollBack(back);
}

/** The property, of commands that ask a store; `onRefused` is told of each that they refuse. */
const neverPinnedToNothing = (asked: ArtifactStore, onRefused: () => void) =>
  fc.asyncProperty(fc.array(OPERATION, { minLength: 4, maxLength: 10 }), async (operations) => {
    const service = newService();
    for (const operation of operations) {
      await carryOut(service, operation, asked).catch((error: Error) => {
        if (!/its object is gone|nothing of|no artifact/.test(error.message)) throw error;
        onRefused();
      });
      for (const one of ENVIRONMENTS) {
        const read = await pinsOf(service, one).read();
        if (read && !(await store().has(read.pin))) throw new Error(`${one} is pinned to what is gone`);
      }
    }
  });

test("no sequence of publish, deploy, promote, rollback and delete leaves a pin to what is not there", async () => {
  let refused = 0;
  const property = neverPinnedToNothing(store(), () => {
    refused += 1;
  });
  await fc.assert(property, { numRuns: 12 });
  // Sequences that never met an artifact that is gone would prove nothing.
  expect(refused).toBeGreaterThan(0);
}, 240_000);

/** The planted fault: a store that is believed without a look. */
class BelievedStore extends ArtifactStore {
  override async has(): Promise<boolean> {
    return true;
  }
}

test("pins that are written without a look are found by that property", async () => {
  const property = neverPinnedToNothing(new BelievedStore(LOCATION), () => undefined);
  const { failed, errorInstance } = await fc.check(property, { numRuns: 100, endOnFailure: true });
  expect(failed).toBe(true);
  expect(String(errorInstance)).toContain("is pinned to what is gone");
}, 240_000);
