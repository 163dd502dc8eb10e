import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { artifactKey } from "../../../cli/artifact/index-object";
import { publish } from "../../../cli/artifact/publish";
import { ArtifactStore } from "../../../cli/artifact/store";
import { Bucket, built, LOCATION, publishNew, store } from "./bucket";
import { openProxy } from "./request-proxy";

let bucket: Bucket;

beforeAll(async () => {
  bucket = await Bucket.open();
});

afterAll(async () => {
  await bucket?.close();
});

test("a hash is uploaded once, whoever builds it", async () => {
  const service = bucket.newService();
  const first = await publish(store(), built(service, "a"));
  const other = await publish(store(), built(service, "b"));
  const again = await publish(store(), { ...built(service, "a"), commit: "a-revert" });
  expect([first.isNew, other.isNew, again.isNew]).toEqual([true, true, false]);
  expect(again.artifact).toMatchObject({ versionId: first.artifact.versionId, commit: "a-revert" });
  // A deploy of the newest deploys what was published last, not the hash that was new last.
  expect((await store().index(service)).artifacts.at(-1)).toEqual(again.artifact);
  expect(await store().has(first.artifact)).toBe(true);
});

test("ten publishers at once lose nothing, and the same bytes are one artifact", async () => {
  const service = bucket.newService();
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
  const service = bucket.newService();
  const made = built(service, "a");
  const versionId = await store().upload(service, made);
  expect((await store().index(service)).artifacts).toEqual([]);
  expect((await publishNew(service, "a")).versionId).toBe(versionId);
});

test("an object that was deleted is uploaded again, and its entry renewed", async () => {
  const service = bucket.newService();
  const lost = await publishNew(service, "a");
  await bucket.remove(lost);
  expect(await store().has(lost)).toBe(false);
  const again = await publishNew(service, "a");
  expect(again.versionId).not.toBe(lost.versionId);
  expect((await store().index(service)).artifacts).toEqual([again]);
});

test("other content where only this may lie is put right", async () => {
  const service = bucket.newService();
  const made = built(service, "a");
  const Key = artifactKey(service, made.sha256);
  const other = { Bucket: LOCATION.bucket, Key, Body: "other" };
  // Nobody writes it by accident: the policy refuses what expects nothing.
  const anybody = new S3Client({ forcePathStyle: true });
  await expect(anybody.send(new PutObjectCommand(other))).rejects.toThrow(/denied by ConditionalWrites/i);
  await bucket.put(Key, other.Body);
  expect(await store().has(await publishNew(service, "a"))).toBe(true);
});

test("an artifact is deleted by its version, by those alone whom the bucket lets", async () => {
  const service = bucket.newService();
  const [one, other] = [await publishNew(service, "a"), await publishNew(service, "b")];
  const pruner = bucket.principal;
  try {
    bucket.principal = "arn:aws:iam::123456789012:role/github/groundplan-plan";
    await expect(store().remove(one)).rejects.toThrow(
      /may not delete artifacts \(AccessDenied\)\n[\s\S]*artifactPruners of platform.ts/,
    );
  } finally {
    bucket.principal = pruner;
  }
  expect(await store().has(one)).toBe(true);
  await store().remove(one);
  expect([await store().has(one), await store().has(other)]).toEqual([false, true]);
});

/** A proxy that changes one byte of everything that is uploaded. */
const breakingProxy = () =>
  openProxy(bucket.guarded.url, (_, body) => {
    if (body.length > 20) body[20] = (body[20] ?? 0) ^ 1;
    return { body };
  });

test("an upload that changes on the way is refused, and nothing is written", async () => {
  const service = bucket.newService();
  const proxy = await breakingProxy();
  const endpoint = process.env.AWS_ENDPOINT_URL;
  try {
    process.env.AWS_ENDPOINT_URL = proxy.url;
    await expect(publishNew(service, "a")).rejects.toThrow(
      /whose content changed on the way[\s\S]*nothing was written/,
    );
  } finally {
    process.env.AWS_ENDPOINT_URL = endpoint;
    proxy.close();
  }
  expect((await store().index(service)).artifacts).toEqual([]);
  expect(await store().has(await publishNew(service, "a"))).toBe(true);
});

test("a bucket that is not there is told, with how to make it", async () => {
  const nowhere = new ArtifactStore({ ...LOCATION, bucket: "no-such-bucket-anywhere" });
  await expect(publish(nowhere, built("api", "a"))).rejects.toThrow(
    /no bucket no-such-bucket-anywhere[\s\S]*bootstrap/,
  );
});
