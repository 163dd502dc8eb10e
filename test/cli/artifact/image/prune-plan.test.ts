import fc from "fast-check";
import { imagePrunePlan } from "../../../../cli/artifact/image/prune-plan";
import { noteImages } from "../../../../cli/artifact/image/uses";

const image = (at: number, ...tags: readonly string[]) => ({
  digest: `sha256:${String(at).padStart(64, "0")}`,
  tags: tags.length > 0 ? tags : [`t${at}`],
  time: new Date(Date.UTC(2026, 0, 31 - at)).toISOString(),
  size: 1,
});

const now = new Date("2026-03-01T00:00:00Z");

test("the newest stay, and what is needed, with why", () => {
  const images = [image(0), image(1), image(2), image(3, "v1")];
  const uses = new Map([
    [image(2).digest, ["a pod", "pinned in dev"]],
    ["v1", ["a CronJob"]],
  ]);
  const { remove, kept } = imagePrunePlan(images, uses, { keep: 1, now });
  expect(remove).toEqual([image(1)]);
  expect(kept.map(({ reasons }) => reasons)).toEqual([
    ["newest 1"],
    ["a pod", "pinned in dev"],
    ["a CronJob"],
  ]);
});

test("what is too new stays, and what says no time", () => {
  const before = new Date("2026-01-20T00:00:00Z");
  const images = [image(1), image(20), { ...image(21), time: "" }];
  expect(imagePrunePlan(images, new Map(), { keep: 0, before, now }).remove).toEqual([image(20)]);
});

test("an image without a tag is none of the newest, and stays while its publish may go on", () => {
  const bare = (at: number) => ({ ...image(at), tags: [] });
  const images = [bare(1), image(2), bare(3), image(4)];
  expect(imagePrunePlan(images, new Map(), { keep: 1, now }).remove).toEqual([bare(1), bare(3), image(4)]);
  const dayAfter = new Date(Date.parse(bare(3).time) + 86_400_001);
  const { remove, kept } = imagePrunePlan(images, new Map(), { keep: 2, now: dayAfter });
  expect(remove).toEqual([bare(3)]);
  expect(kept[0]).toEqual({ image: bare(1), reasons: ["its publish may go on"] });
  const pod = new Map([[bare(3).digest, ["a pod"]]]);
  expect(imagePrunePlan(images, pod, { keep: 2, now }).remove).toEqual([bare(1)]);
});

test("whatever there is: nothing that is needed is removed, and each image is either kept or removed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 30 }),
      fc.integer({ min: 1, max: 10 }),
      (needed, keep) => {
        const images = needed.map((_, at) => image(at));
        const uses = new Map(images.filter((_, at) => needed[at]).map(({ digest }) => [digest, ["a pod"]]));
        const { remove, kept } = imagePrunePlan(images, uses, { keep, now });
        expect(remove.length + kept.length).toBe(images.length);
        for (const { digest } of remove) expect(uses.has(digest)).toBe(false);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(keep, images.length));
      },
    ),
  );
});

test("a digest anywhere in an object needs the image, and so does a tag behind the repository's name", () => {
  const found: string[] = [];
  const digest = `sha256:${"c".repeat(64)}`;
  const text = JSON.stringify({
    spec: { containers: [{ image: "r/app:v1.2" }, { image: "r/application:v9" }] },
    status: { containerStatuses: [{ imageID: `r/app@${digest}` }] },
  });
  noteImages(text, "r/app", "a pod", (name) => void found.push(name));
  expect(found).toEqual([digest, "v1.2"]);
});
