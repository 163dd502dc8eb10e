import { documentOf } from "../../formats/held";
import { build, groundplan } from "../../groundplan";
import { PREVIEW } from "../../preview/made";
import { Bucket } from "./bucket";

let bucket: Bucket;
beforeAll(async () => {
  build();
  bucket = await Bucket.start();
});
afterAll(() => bucket.stop());
beforeEach(() => {
  bucket.objects.clear();
  bucket.asked.length = 0;
});

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

/** Stores previews, of which every tenth ends within a day, and has not been warned of. */
function store(count: number): void {
  for (let at = 0; at < count; at += 1) {
    const name = `preview-${at}`;
    bucket.store(name, {
      ...PREVIEW,
      name,
      createdAt: inDays(-6),
      expiresAt: inDays(at % 10 === 0 ? 0.5 : 3),
    });
  }
}

async function sweep(...flags: readonly string[]) {
  const { stdout, stderr, code } = await groundplan(["preview", "gc", "--json", ...flags], {
    cwd: "/",
    env: { ...bucket.environment(), PREVIEW_ENVIRONMENT: "dev" },
  });
  if (code !== 0) throw new Error(stderr);
  return documentOf<{ looked: number; findings: readonly { action: string; outcome?: string }[] }>(
    "preview-gc",
    stdout,
  );
}

test("a sweep asks once for each of a thousand previews, some at the same time, and a little for all of them", async () => {
  // GIVEN
  store(1000);
  bucket.holdUntil(16);

  // WHEN
  const { looked, findings } = await sweep("--dry-run");

  // THEN
  expect([looked, findings.length]).toEqual([1000, 100]);
  const reads = bucket.asked.filter((one) => one.startsWith("GET acme-dev-state/environments/"));
  expect([reads.length, new Set(reads).size]).toEqual([1000, 1000]);
  // A page of a thousand names, and what AWS lists by the tags.
  expect(bucket.asked.length - reads.length).toBeLessThanOrEqual(3);
  // It went on because sixteen of them were asked at the same time: none was answered before.
  expect(bucket.most).toBeGreaterThanOrEqual(16);
});

test("what a sweep changes it reads once and writes once, and the rest it only reads", async () => {
  store(40);
  const { findings } = await sweep();
  expect(findings.map(({ action, outcome }) => `${action}: ${outcome}`)).toEqual(
    Array(4).fill("warn: warned"),
  );
  const ofOne = (name: string) =>
    bucket.asked.filter((one) => one.includes(`/environments/${name}/`)).map((one) => one.split(" ")[0]);
  expect(ofOne("preview-10")).toEqual(["GET", "PUT"]);
  expect(ofOne("preview-11")).toEqual(["GET"]);
  // The next sweep finds nothing to do.
  expect((await sweep()).findings).toEqual([]);
});
