import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addPreview } from "../../../../cli/commands/preview";
import { GitHub } from "../../../github/server";
import { temporaryFolder } from "../../../temporary-folder";
import { build } from "../../groundplan";
import { inProcess } from "../../in-process";
import { record } from "../../preview/dashboard/records";
import { Bucket } from "./bucket";

// The page's program is compiled.
beforeAll(() => build());

let bucket: Bucket;
beforeEach(async () => {
  bucket = await Bucket.start();
});
afterEach(() => bucket.stop());

const metadata = (name: string, other: Readonly<Record<string, unknown>> = {}) => ({
  ...record(name),
  format: "groundplan-preview",
  version: 1,
  ttl: "7d",
  updatedAt: "2026-11-29T10:02:00.000Z",
  cost: { monthly: 43.8, currency: "USD", pricesOf: "2026-11-01" },
  run: undefined,
  input: { config: { environment: { KEY: "hunter2" } } },
  history: [{ at: "2026-11-29T10:00:00.000Z", from: null, to: "provisioning", by: "dev" }],
  ...other,
});

const preview = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  inProcess(addPreview, ["preview", ...args], { ...bucket.environment(), ...env });

test("makes the page of all previews, which are not damaged, without their variables", async () => {
  bucket.store("preview-pay", metadata("preview-pay"));
  bucket.store("preview-old", metadata("preview-old", { status: "gone" }));
  bucket.store("preview-odd", { format: "other" });
  const out = temporaryFolder("dashboard");
  const { code, stdout, stderr } = await preview(["dashboard", "--out", out]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `The page is ${join(out, "index.html")}\n` });
  expect(stderr).toContain("preview-odd: its metadata cannot be read");
  const page = readFileSync(join(out, "index.html"), "utf8");
  expect(page).toContain('"name":"preview-pay"');
  expect(page).not.toMatch(/preview-old|hunter2/);
  const printed = JSON.parse((await preview(["dashboard", "--json"])).stdout);
  expect(printed).toMatchObject({ format: "groundplan.preview.dashboard", platform: "acme" });
  expect(printed.previews.map((one: { name: string }) => one.name)).toEqual(["preview-pay"]);
});

test("puts it into the bucket from which it is served, kept for a minute", async () => {
  const { code, stdout } = await preview(["dashboard", "--bucket", "acme-dev-dashboard"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "Published: 0 previews in s3://acme-dev-dashboard/index.html\n",
  });
  expect(bucket.objects.get("acme-dev-dashboard/index.html")).toContain("<!doctype html>");
  expect(bucket.written).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "public, max-age=60",
  });
  const bad = await preview(["dashboard", "--bucket", "../other"]);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('invalid bucket "../other"');
});

test("says on GitHub how a preview is, and that it is gone, with its receipt", async () => {
  const github = await GitHub.start();
  try {
    github.repository.pull(7, "a".repeat(40));
    const env = { ...github.environment(), GITHUB_RUN_ID: "5", GITHUB_RUN_ATTEMPT: "1" };
    bucket.store("preview-pay", metadata("preview-pay", { repository: "octo-org/platform" }));
    const first = await preview(["announce", "preview-pay"], env);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^Comment created: https:\/\/\S+\nDeployment: created\n$/);
    bucket.objects.delete("acme-dev-state/environments/preview-pay/metadata.json");
    const receipt = { name: "preview-pay", destroyedAt: "x", by: "dev", resources: [], images: [], left: [] };
    bucket.objects.set("acme-dev-state/environments/preview-pay/receipt.json", JSON.stringify(receipt));
    const last = await preview(["announce", "preview-pay", "--pull-request", "7"], {
      ...env,
      GITHUB_RUN_ID: "6",
    });
    expect(last.stdout).toMatch(/^Comment updated: https:\/\/\S+\nDeployment: updated\n$/);
    expect(github.repository.comments[0]?.body).toContain(
      "0 resources were destroyed, and AWS lists nothing more",
    );
    expect(github.violations).toEqual([]);
    const bad = await preview(["announce", "preview-pay", "--pull-request", "7; rm -rf /"], env);
    expect(bad.code).toBe(2);
  } finally {
    await github.stop();
  }
});
