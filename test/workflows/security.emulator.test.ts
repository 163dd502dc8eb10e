import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "@groundplan/local";
import { AwsCli } from "../aws-cli";
import { build } from "../cli/groundplan";
import { grype, sarif, trivy } from "../cli/scan/results";
import { type Emulator, startEmulator } from "../emulator";
import { GitHub } from "../github/server";
import { WorkflowRepository } from "./act";
import { succeeded, type WorkflowRun } from "./act-run";

/** Go builds act; without Go these are skipped, but not in CI. */
const onAct = existsSync(toolPath("act")) || process.env.CI === "true" ? test : test.skip;

/** What stands in for scanners; everything else is the real thing, the AWS CLI and the emulator's ECR too. */
const PROGRAMS = join(__dirname, "programs");

let emulator: Emulator;
let github: GitHub;
let repository: WorkflowRepository;
let aws: AwsCli;

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  github = await GitHub.start();
  repository = new WorkflowRepository(emulator, github);
  repository.commit();
  aws = new AwsCli({ ...emulator.environment, AWS_REGION: "us-east-1" });
  for (const name of ["shop/dev/app", "shop/dev/empty"])
    await aws.succeed("ecr", "create-repository", "--repository-name", name);
  await putConfig("shop/dev/app");
  for (let number = 1; number <= 7; number += 1) await putImage("shop/dev/app", number);
});

afterAll(async () => {
  repository?.remove();
  await github?.stop();
  await emulator?.stop();
});

/** The config of every image. */
const CONFIG = "{}";

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Uploads the config: an image whose blobs are not there is refused. */
async function putConfig(name: string): Promise<void> {
  const own = ["--repository-name", name] as const;
  const { uploadId } = JSON.parse(await aws.succeed("ecr", "initiate-layer-upload", ...own));
  const upload = [...own, "--upload-id", uploadId];
  const part = ["--part-first-byte", "0", "--part-last-byte", String(CONFIG.length - 1)];
  await aws.succeed("ecr", "upload-layer-part", ...upload, ...part, "--layer-part-blob", CONFIG);
  await aws.succeed("ecr", "complete-layer-upload", ...upload, "--layer-digests", digestOf(CONFIG));
}

/** An image of a config and no layers. */
async function putImage(name: string, number: number): Promise<void> {
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      size: CONFIG.length,
      digest: digestOf(CONFIG),
    },
    layers: [],
    annotations: { number: String(number) },
  };
  const text = JSON.stringify(manifest);
  await aws.succeed(
    ...["ecr", "put-image", "--repository-name", name, "--image-tag", `v${number}`],
    ...["--image-manifest", text],
    ...["--image-digest", digestOf(text)],
    ...["--image-manifest-media-type", manifest.mediaType],
  );
}

/** Runs the workflow, with what each scanner finds. */
async function night(
  run: number,
  findings: Readonly<Record<string, object>>,
  role = true,
): Promise<WorkflowRun> {
  return repository.run("scheduled-security.yml", "schedule", { schedule: "0 2 * * *" }, run, {
    roles: role ? { GROUNDPLAN_SCAN_ROLE: "scan" } : {},
    programs: [PROGRAMS, aws.environment.PATH ?? ""],
    environment: {
      STAND_IN_FINDINGS: JSON.stringify(findings),
      STAND_IN_RUNS: join(repository.folder, `runs-${run}`),
    },
  });
}

const runs = (run: number) =>
  readFileSync(join(repository.folder, `runs-${run}`), "utf8")
    .trim()
    .split("\n");

const issues = () =>
  github.repository.issues.map(
    ({ title, state }) => `${title.replace(/\d{4}-\d\d-\d\d/, "<date>")}: ${state}`,
  );

const BAD = {
  trivy: trivy([{ id: "CVE-2026-1001", severity: "CRITICAL" }], [], "{target}"),
  grype: grype([{ id: "GHSA-aaaa-bbbb-cccc", severity: "High", aliases: ["CVE-2026-1001"] }], "{target}"),
  gitleaks: sarif([]),
};
const CLEAN = { trivy: trivy([]), grype: grype([]), gitleaks: sarif([]) };

onAct(
  "a night: the last five images and the code are scanned, one issue and one report have what was found",
  async () => {
    const { jobs } = succeeded(await night(1, BAD));

    expect(jobs).toEqual({ images: "success", code: "success", report: "success" });
    const images = runs(1).filter((one) => one.startsWith("trivy shop/dev/app/sha256-"));
    expect([images.length, new Set(images).size]).toEqual([5, 5]);
    expect(runs(1).filter((one) => one.startsWith("grype shop/"))).toHaveLength(5);
    expect(runs(1).filter((one) => /^(?:trivy|grype|gitleaks) \.$/.test(one))).toHaveLength(3);
    expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 0 High: open"]);
    expect(github.repository.issues[0]?.body).toContain("`grype (high), trivy`");
    expect(repository.artifacts(1)).toEqual(["code-scanning", "scan-code", "scan-images", "security-scan"]);
    const folder = join(repository.folder, "artifacts", "1");
    const report = JSON.parse(readFileSync(join(folder, "security-scan", "scan.json"), "utf8"));
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0].places).toHaveLength(6);
    const log = JSON.parse(readFileSync(join(folder, "code-scanning", "groundplan-scan.sarif"), "utf8"));
    expect(log.runs[0].results).toHaveLength(1);
    expect(github.violations).toEqual([]);
  },
  600_000,
);

onAct(
  "a scanner that ends badly closes no issue; a clean night does, and images are left out without a role",
  async () => {
    const broken = await night(2, { trivy: CLEAN.trivy, gitleaks: CLEAN.gitleaks });
    expect(broken.code).not.toBe(0);
    expect(broken.jobs).toEqual({ images: "failure", code: "failure" });
    expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 0 High: open"]);

    const { jobs } = succeeded(await night(3, CLEAN, false));
    expect(jobs).toEqual({ code: "success", report: "success" });
    expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 0 High: closed"]);
    expect(runs(3)).toHaveLength(3);
  },
  600_000,
);
