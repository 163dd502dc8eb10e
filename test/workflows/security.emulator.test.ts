import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { toolPath } from "@groundplan/local";
import { AwsCli } from "../aws-cli";
import { build, groundplan } from "../cli/groundplan";
import { grype, sarif, trivy } from "../cli/scan/results";
import { type Emulator, startEmulator } from "../emulator";
import { GitHub } from "../github/server";
import { pullRequest, push, REPOSITORY, WorkflowRepository } from "./act";
import { succeeded, type WorkflowRun } from "./act-run";
import { ImageAccount, PARAMETERS, REGIONS, TokenIssuer } from "./image-account";
import { ROOT } from "./judged";

/** Go builds act; without Go these are skipped, but not in CI. */
const onAct = existsSync(toolPath("act")) || process.env.CI === "true" ? test : test.skip;

/** What stands in for scanners, and for Packer; everything else is the real thing, the AWS CLI and the emulator's ECR too. */
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

describe("machine images", () => {
  const ROLE = "arn:aws:iam::123456789012:role/github/platform-images";
  const KEY = "alias/acme-dev-images";
  const LATEST = "/vxlan-graviton/latest";
  let account: ImageAccount;
  let issuer: TokenIssuer;

  beforeAll(async () => {
    account = new ImageAccount(emulator);
    issuer = await TokenIssuer.start();
    cpSync(join(ROOT, "images"), join(repository.path, "images"), { recursive: true });
    repository.commit();
    for (const region of REGIONS.slice(0, 2)) await account.addKey(region, KEY);
  });
  afterAll(() => issuer?.stop());

  /** What a job has of the repository and of GitHub. @param failing - Region in which Packer fails. */
  const options = (failing?: string) => ({
    roles: { GROUNDPLAN_IMAGE_ROLE: "images" },
    programs: [PROGRAMS],
    variables: {
      GROUNDPLAN_IMAGE_REGIONS: REGIONS.join(","),
      GROUNDPLAN_IMAGE_WAY: "each",
      GROUNDPLAN_IMAGE_KMS_KEY: KEY,
      GROUNDPLAN_IMAGE_PARAMETERS: PARAMETERS,
    },
    environment: {
      ...issuer.environment,
      // No role's: who has these alone has nothing.
      AWS_EC2_METADATA_DISABLED: "true",
      ...(failing === undefined ? {} : { STAND_IN_PACKER_FAILS: failing }),
    },
  });

  const tag = (ref: string, commit: string) => ({
    ref: `refs/tags/${ref}`,
    after: commit,
    repository: { full_name: REPOSITORY },
  });

  const names = async () =>
    Object.fromEntries(
      Object.entries(await account.images()).map(([region, all]) => [
        region,
        all.map(({ Name, Public }) => `${Name}${Public ? " public" : ""}`),
      ]),
    );

  /** What a run printed, without the colours that act's terminal gets. */
  const plain = ({ output }: WorkflowRun) => stripVTControlCharacters(output);

  /** The same for each Region. */
  const each = <T>(value: T) => Object.fromEntries(REGIONS.map((region) => [region, value]));

  onAct(
    "a pull request: checked without a role, and nothing is built",
    async () => {
      const base = repository.git("rev-parse", "HEAD");
      const run = succeeded(
        await repository.run("build-ami.yml", "pull_request", pullRequest(31, base, base), 31, options()),
      );
      expect(run.jobs).toEqual({ validate: "success" });
      expect(plain(run)).toMatch(
        /Valid: vxlan-graviton-dev-\d{8}-[0-9a-f]{7} in us-east-1, us-west-2, eu-west-1/,
      );
      expect(repository.roles.filter((one) => one.includes(ROLE))).toEqual([]);
      expect(await names()).toEqual(each([]));
    },
    600_000,
  );

  onAct(
    "main: a key that one Region lacks is found before anything is built; then each Region has a private image",
    async () => {
      const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
      const asked = ["image", "validate", "--regions", REGIONS.join(","), "--kms-key", KEY];
      const credentials = { AWS_ACCESS_KEY_ID: "123456789012", AWS_SECRET_ACCESS_KEY: "test" };
      const { code, stderr } = await groundplan(asked, {
        cwd: repository.path,
        env: { ...credentials, AWS_ENDPOINT_URL: endpoint, PATH: `${PROGRAMS}:${process.env.PATH}` },
      });
      expect([code, stderr]).toEqual([3, expect.stringContaining(`eu-west-1 has no key ${KEY}`)]);
      await account.addKey("eu-west-1", KEY);

      const commit = repository.git("rev-parse", "HEAD");
      const run = succeeded(await repository.run("build-ami.yml", "push", push(commit), 32, options()));
      expect(run.jobs).toEqual({ validate: "success", private: "success" });
      const images = await account.images();
      const [name = ""] = (await names())["us-east-1"] ?? [];
      expect(name).toMatch(new RegExp(`^vxlan-graviton-dev-\\d{8}-${commit.slice(0, 7)}$`));
      expect(await names()).toEqual(each([name]));
      for (const [region, [image]] of Object.entries(images)) {
        expect(image?.BlockDeviceMappings?.[0]?.Ebs?.Encrypted).toBe(true);
        const tags = Object.fromEntries((image?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
        expect(tags).toMatchObject({
          GitHubRepository: REPOSITORY,
          GitHubRef: "refs/heads/main",
          GitHubSHA: commit,
          Version: name.slice("vxlan-graviton-".length),
          BuildDate: expect.stringMatching(/^20/),
          "groundplan:run": "32",
        });
        expect((await account.parameters())[region]).toEqual({ "/vxlan-graviton/dev": image?.ImageId });
      }
      expect(github.repository.releases.all).toEqual([]);
      expect(await account.leftovers()).toEqual([]);
    },
    600_000,
  );

  onAct(
    "a tag of which one Region fails: the others are public, the release stays a draft; the run again publishes it once",
    async () => {
      const commit = repository.git("rev-parse", "HEAD");
      const event = tag("v1.2.0", commit);
      const failed = await repository.run("build-ami.yml", "push", event, 33, options("eu-west-1"));
      expect(failed.jobs).toEqual({ validate: "success", release: "failure" });
      expect(plain(failed)).toContain("Packer failed in eu-west-1");
      expect(plain(failed)).toContain("Missing: eu-west-1");
      const published = await names();
      expect(published["us-west-2"]).toContain("vxlan-graviton-1.2.0 public");
      expect(published["eu-west-1"]).toHaveLength(1);
      const [draft, ...none] = github.repository.releases.all;
      expect(none).toEqual([]);
      expect([draft?.draft, draft?.publications]).toEqual([true, 0]);
      // Nobody is led to half of a release.
      for (const held of Object.values(await account.parameters())) expect(held).not.toHaveProperty(LATEST);
      expect(await account.leftovers()).toEqual([]);

      const again = succeeded(await repository.run("build-ami.yml", "push", event, 33, options()));
      expect(again.jobs).toEqual({ validate: "success", release: "success" });
      expect(Object.values(await names()).every((all) => all.includes("vxlan-graviton-1.2.0 public"))).toBe(
        true,
      );
      expect(github.repository.releases.all).toHaveLength(1);
      expect([draft?.tag, draft?.draft, draft?.publications]).toEqual(["v1.2.0", false, 1]);
      const files = [...(draft?.files.keys() ?? [])].sort();
      expect(files.filter((one) => one.startsWith("manifest-"))).toEqual(
        [...REGIONS].sort().map((region) => `manifest-${region}.json`),
      );
      expect(files.filter((one) => one.startsWith("packages-")).length).toBeGreaterThan(0);
      for (const [region, held] of Object.entries(await account.parameters())) {
        const image = (await account.images())[region]?.find(({ Public }) => Public);
        expect([held[LATEST], held["/vxlan-graviton/1.2.0"]]).toEqual([image?.ImageId, image?.ImageId]);
      }
      expect(github.violations).toEqual([]);
    },
    600_000,
  );

  onAct(
    "the clean-up: a dry run says what goes, and then it goes; what a parameter holds, and releases, stay",
    async () => {
      const old = [
        await account.addOld("us-west-2", "20250101"),
        await account.addOld("us-west-2", "20250102"),
      ];
      const before = await names();
      const prune = (dry: boolean, run: number) => {
        const event = {
          inputs: { keep: "0", "dry-run": String(dry) },
          repository: { full_name: REPOSITORY },
        };
        return repository.run("cleanup-amis.yml", "workflow_dispatch", event, run, options());
      };
      const dry = succeeded(await prune(true, 34));
      for (const id of old) expect(plain(dry)).toContain(id);
      expect(plain(dry)).toContain(`SSM parameter ${PARAMETERS}/vxlan-graviton/dev`);
      expect(await names()).toEqual(before);

      expect(succeeded(await prune(false, 35)).jobs).toEqual({ prune: "success" });
      expect(await names()).toEqual({
        ...before,
        "us-west-2": before["us-west-2"]?.filter((one) => !one.includes("-dev-2025")),
      });
      expect(await account.leftovers()).toEqual([]);
    },
    600_000,
  );

  test("a parameter of images takes no image that its Region lacks, as AWS looks at it after it has answered", async () => {
    const images = await account.images();
    const own = images["us-east-1"]?.[0]?.ImageId ?? (await account.addOld("us-east-1", "20250103"));
    // Of another Region.
    expect(await account.writeParameter("us-west-2", `${PARAMETERS}/other`, own)).toBe(1);
    expect((await account.parameters())["us-west-2"]).not.toHaveProperty("/other");
    expect(await account.writeParameter("us-east-1", `${PARAMETERS}/other`, own)).toBe(1);
    expect((await account.parameters())["us-east-1"]?.["/other"]).toBe(own);
  });
});
