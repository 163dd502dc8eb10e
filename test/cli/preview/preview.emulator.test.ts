import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { askToStop, begin, beginNew, end, extend } from "../../../cli/preview/life-cycle";
import { type Metadata, metadataText } from "../../../cli/preview/metadata";
import { PreviewStore } from "../../../cli/preview/store";
import { type Emulator, startEmulator } from "../../emulator";
import { temporaryFolder } from "../../temporary-folder";
import { documentOf } from "../formats/held";
import { build, groundplan } from "../groundplan";
import { PREVIEW, run } from "./made";

const BUCKET = "acme-dev-state";
const REGION = "us-east-1";

let emulator: Emulator;
let s3: S3Client;
let store: PreviewStore;
let folder: string;
const before = { ...process.env };

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  s3 = new S3Client({ region: REGION, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  store = new PreviewStore({ bucket: BUCKET, region: REGION });
  folder = temporaryFolder("previews");
});
afterAll(async () => {
  process.env = before;
  await emulator.stop();
});

const NOW = () => new Date().toISOString();

/** Runs `groundplan preview` as in a workflow: the settings are variables. */
const preview = (...args: readonly string[]) =>
  groundplan(["preview", ...args], {
    cwd: folder,
    env: { ...emulator.environment, STATE_BUCKET: BUCKET, AWS_REGION: REGION, XDG_CONFIG_HOME: folder },
  });

const put = (name: string, metadata: Metadata | string) =>
  s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `environments/${name}/metadata.json`,
      Body: typeof metadata === "string" ? metadata : metadataText(metadata),
    }),
  );

test("of many runs that begin at once, one holds the preview, and every other is refused", async () => {
  // GIVEN
  const beginning = (id: string) => ({ run: run(id, "create", NOW()), by: id, now: NOW() });
  const start = (id: string) =>
    store.change("raced", (metadata) =>
      metadata
        ? begin(metadata, beginning(id), () => true)
        : beginNew({ ...PREVIEW, name: "raced" }, beginning(id)),
    );

  // WHEN
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => start(`run-${index}`)));

  // THEN
  const winners = results.filter(({ status }) => status === "fulfilled");
  expect(winners).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(String(result.reason)).toMatch(/held by another run/);
  const stored = await store.get("raced");
  expect([stored.status, stored.history.length]).toEqual(["provisioning", 1]);

  // AND no word of those that write at once is lost.
  await Promise.all([
    store.change("raced", (one) => askToStop(one as Metadata, "ana", NOW())),
    store.change("raced", (one) =>
      extend(one as Metadata, { ttl: "14d", expiresAt: "2030-01-01T00:00:00.000Z", now: NOW() }),
    ),
  ]);
  expect(await store.get("raced")).toMatchObject({ ttl: "14d", run: { stop: { by: "ana" } } });
});

test("what is gone is removed, and not when it was made anew meanwhile", async () => {
  const begun = beginNew(
    { ...PREVIEW, name: "passing" },
    { run: run("x", "create", NOW()), by: "x", now: NOW() },
  );
  await store.change("passing", () => begun);
  await store.remove("passing");
  expect(await store.find("passing")).toMatchObject({ status: "provisioning" });
  await store.change("passing", (one) =>
    begin(one as Metadata, { run: run("y", "destroy", NOW()), by: "y", now: NOW() }, () => false),
  );
  await store.change("passing", (one) => end(one, { run: "y", to: "gone", by: "y", now: NOW() }));
  await expect(store.get("passing")).rejects.toThrow(/there is no preview passing/);
  await store.remove("passing");
  expect(await store.find("passing")).toBeUndefined();
});

test("hostile metadata is text, and never another preview's", async () => {
  await put("good", { ...PREVIEW, name: "good", owner: "<script>alert(1)</script>\u001b[31m\n::error::x" });
  await put("thief", { ...PREVIEW, name: "good" });
  await put("broken", "{");
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: "environments/dev/network/terraform.tfstate", Body: "{}" }),
  );

  const { stdout } = await preview("list", "--json");
  const list = documentOf<{ previews: { name: string }[]; damaged: { name: string }[] }>(
    "preview-list",
    stdout,
  );
  expect(list.previews.map(({ name }) => name)).toEqual(["good", "raced"]);
  expect(list.damaged.map(({ name }) => name)).toEqual(["broken", "thief"]);
  const shown = await preview("list");
  expect(shown.stdout).not.toContain("\u001b[31m");
  expect(shown.stdout).not.toMatch(/^::error/m);
  expect((await preview("status", "../../etc/passwd")).stderr).toMatch(/invalid name of a preview/);
});

test("the sweep says what is over, and destroys nothing when it is asked only to look", async () => {
  await put("over", { ...PREVIEW, name: "over", expiresAt: "2026-01-01T00:00:00.000Z" });
  const { stdout, code } = await preview("gc", "--dry-run", "--json");
  const swept = documentOf<{ findings: { name: string; action: string }[] }>("preview-gc", stdout);
  expect(code).toBe(0);
  expect(swept.findings.map(({ action, name }) => `${action} ${name}`)).toEqual(
    expect.arrayContaining(["destroy over", "damaged broken"]),
  );
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "environments/over/" }),
  );
  expect(Contents).toHaveLength(1);
});

test("a preview that never was is destroyed already, and a setting is kept for the next command", async () => {
  const gone = await preview("destroy", "never-was", "--yes", "--json");
  expect([gone.code, documentOf("preview-destroy", gone.stdout)]).toEqual([
    0,
    { format: "groundplan.preview.destroy", version: 1 },
  ]);
  await preview("config", "set", "domain", "previews.acme.com");
  expect((await preview("config", "get", "domain")).stdout).toBe("previews.acme.com\n");
  const { stdout } = await preview("config", "get", "--json");
  expect(JSON.stringify(documentOf("preview-config-get", stdout))).toContain("the variable STATE_BUCKET");
  expect((await preview("config", "set", "domain", "a b")).code).toBe(2);
  const written = await s3.send(
    new GetObjectCommand({ Bucket: BUCKET, Key: "environments/good/metadata.json" }),
  );
  expect(written.ContentLength).toBeGreaterThan(0);
});
