import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../temporary-folder";
import { documentOf } from "../../formats/held";
import { build, groundplan, type Run } from "../../groundplan";
import { type StateProject, stateProject } from "../../project";

let project: StateProject;
let file: string;
let committed: string;

beforeAll(build);
beforeEach(() => {
  project = stateProject({ bucket: "a-bucket" });
  file = join(project.folder, ".terraform.lock.hcl");
  committed = readFileSync(file, "utf8");
});
afterEach(() => project.remove());

function lock(...args: readonly string[]): Promise<Run> {
  return groundplan(["lock", "--json", ...args], { cwd: project.folder });
}

test("--check agrees with the committed lock, and with the package in a mirror", async () => {
  const { code, stdout } = await lock("--check");

  expect(documentOf("lock-check", stdout)).toMatchObject({ ok: true, faults: [] });
  expect(code).toBe(0);
});

test.each<[string, (text: string) => string, string]>([
  [
    "another range than the stacks'",
    (text) => text.replace("< 7.0.0", "< 6.0.0"),
    'locked for ">= 5.100.0, < 6.0.0"',
  ],
  [
    "no archives' checksums",
    (text) => text.replaceAll(/ +"zh:.*\n/g, ""),
    "no checksums of the other platforms",
  ],
  ["no block of the provider", () => "# empty\n", "is not locked"],
])("--check fails with %s, and changes nothing", async (_, fault, message) => {
  writeFileSync(file, fault(committed));

  const { code, stdout } = await lock("--check");

  expect(code).toBe(1);
  expect(documentOf<{ faults: string[] }>("lock-check", stdout).faults.join()).toContain(message);
  expect(readFileSync(file, "utf8")).toBe(fault(committed));
});

test("renewing keeps every known checksum, and the form that Terraform gives the file", async () => {
  const { code, stdout } = await lock();

  expect(code).toBe(0);
  expect(documentOf("lock", stdout)).toMatchObject({ providers: [{ version: "5.100.0" }] });
  const known = committed.match(/"(h1|zh):[^"]+"/g) ?? [];
  const renewed = readFileSync(file, "utf8");
  for (const hash of known) expect(renewed).toContain(hash);
  expect(readdirSync(project.folder).filter((name) => name.startsWith(".terraform.lock"))).toHaveLength(1);
});

/** A mirror with packages of some versions of the AWS provider, for this platform alone: what is in them counts for nothing. */
function mirrorWith(home: string, versions: readonly string[]): void {
  const folder = join(home, ".terraform.d/mirror/registry.terraform.io/hashicorp/aws");
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  for (const version of versions) {
    const place = join(folder, version, `${process.platform}_${arch}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `terraform-provider-aws_v${version}`), version);
  }
}

test("--provider takes the newest of a major, says what the stacks allow, and the next renewal stays there", async () => {
  const home = temporaryFolder("home");
  mirrorWith(home, ["5.100.0", "6.0.0", "6.66.0", "7.1.0"]);
  const inHome = (...args: readonly string[]) =>
    groundplan(["lock", "--json", ...args], { cwd: project.folder, env: { HOME: home } });

  const six = await inHome("--provider", "aws=6.x");
  expect(documentOf("lock", six.stdout)).toMatchObject({
    providers: [{ version: "6.66.0", constraints: ">= 5.100.0, < 7.0.0" }],
  });
  expect(documentOf("lock", (await inHome()).stdout)).toMatchObject({ providers: [{ version: "6.66.0" }] });
  const five = await inHome("--provider", "aws=5.x");
  expect(documentOf("lock", five.stdout)).toMatchObject({ providers: [{ version: "5.100.0" }] });

  const seven = await inHome("--provider", "aws=7.x");
  expect(seven.code).toBe(1);
  expect(seven.stderr).toMatch(/no available releases match the given\s+constraints .*~> 7\.0/);
  expect((await inHome("--check", "--provider", "aws=6.x")).code).toBe(2);
});

test("a provider that no mirror has stays as it is locked, when the registry cannot be asked", async () => {
  const helm = { helm: { source: "helm", version: ">= 3.1.0, < 4.0.0" } };
  const stack = join(project.stack, "cdk.tf.json");
  const json = JSON.parse(readFileSync(stack, "utf8"));
  Object.assign(json.terraform.required_providers, helm);
  writeFileSync(stack, JSON.stringify(json));
  const whole = readFileSync(join(__dirname, "..", "..", "..", "..", ".terraform.lock.hcl"), "utf8");
  writeFileSync(file, whole);

  const { code } = await lock();

  expect(code).toBe(0);
  const [block] = /^provider "registry\.terraform\.io\/hashicorp\/helm" \{[\s\S]*?^\}/m.exec(whole) ?? [];
  for (const hash of block?.match(/"(h1|zh):[^"]+"/g) ?? ["no sums"])
    expect(readFileSync(file, "utf8")).toContain(hash);
});
