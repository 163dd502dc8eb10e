import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import type { AffectedResult } from "../../../cli/affected/result";
import { build } from "../groundplan";
import { PACKAGES, TestRepository } from "./repository";

const ALL = ["dev-docs", "dev-function", "dev-network", "prod-docs", "prod-function", "prod-network"];

let repository: TestRepository;
beforeAll(build);
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

/** The affected stacks and what they are, e.g. `dev-network changed`. */
function words({ stacks }: AffectedResult): readonly string[] {
  return stacks.map(({ name, change }) => `${name} ${change}`).sort();
}

function reasonsOf({ stacks }: AffectedResult, stack: string): readonly string[] {
  return stacks.find(({ name }) => name === stack)?.reasons ?? [];
}

test("a comment, a renamed file and another time of a file affect nothing", async () => {
  // GIVEN
  repository.packFunction();
  repository.edit("modules/network.js", "exports.network", "// Says more.\nexports.network");
  repository.git("mv", "overlays/dev.js", "overlays/development.js");
  repository.edit("main.js", "./overlays/dev", "./overlays/development");
  repository.write("modules/unused.js", "exports.unused = 1;\n");
  repository.commit("no meaning");
  // WHEN
  const result = await repository.affected();
  // THEN
  expect(result.stacks).toEqual([]);
  expect([...result.unaffected].sort()).toEqual(ALL);
  expect(repository.clean).toBe(true);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("groundplan-base-"))).toEqual([]);
});

test("a value of one overlay affects its environment only, and what is downstream", async () => {
  repository.edit("overlays/dev.js", "10.0.0.0/16", "10.9.0.0/16");
  repository.commit("another range");

  const result = await repository.affected();

  expect(words(result)).toEqual(["dev-function downstream", "dev-network changed"]);
  expect(reasonsOf(result, "dev-network")).toEqual(["aws_vpc.vpc: cidr_block"]);
  expect(reasonsOf(result, "dev-function")).toEqual(["downstream of dev-network"]);
});

test("a file that is not committed yet counts", async () => {
  repository.edit("overlays/prod.js", "10.1.0.0/16", "10.8.0.0/16");

  expect(words(await repository.affected())).toEqual(["prod-function downstream", "prod-network changed"]);
});

test("a change of a module in a workspace affects every stack that it is in", async () => {
  // The head's node_modules is used again, and must not lead the base to the head's modules.
  repository.edit(
    "modules/network.js",
    "{ cidr_block: cidr }",
    "{ cidr_block: cidr, enable_dns_hostnames: true }",
  );
  repository.commit("names");

  const result = await repository.affected();

  expect(words(result)).toEqual([
    "dev-function downstream",
    "dev-network changed",
    "prod-function downstream",
    "prod-network changed",
  ]);
  expect(reasonsOf(result, "prod-network")).toEqual(["aws_vpc.vpc: enable_dns_hostnames"]);
});

test("a construct's new id is a removed and an added resource", async () => {
  repository.edit("modules/network.js", '"vpc", "aws_vpc"', '"main", "aws_vpc"');
  repository.edit("modules/network.js", "aws_vpc.vpc.id", "aws_vpc.main.id");
  repository.commit("rename");

  const result = await repository.affected();

  expect(result.stacks.find(({ name }) => name === "dev-network")?.elements).toEqual([
    { address: "aws_ssm_parameter.contract", change: "changed", arguments: ["value"] },
    { address: "aws_vpc.main", change: "added" },
    { address: "aws_vpc.vpc", change: "removed" },
  ]);
});

test.each([
  ["a file of an archive", "code/index.js", "=> 1", "=> 2"],
  ["a file that is only new", "code/more.js", "", "exports.more = 1;\n"],
])("%s affects the stacks that deploy it", async (_, file, from, to) => {
  repository.packFunction();
  if (from === "") repository.write(file, to);
  else repository.edit(file, from, to);
  repository.commit("code");

  const result = await repository.affected();

  expect(words(result)).toEqual(["dev-function changed", "prod-function changed"]);
  expect(reasonsOf(result, "dev-function").join()).toMatch(
    /^aws_lambda_function.handler: content of assets\/code\/\*\//,
  );
});

test("a file that Terraform reads by its path affects the stacks that read it", async () => {
  repository.write("docs/page.html", "<p>two</p>\n");
  repository.write("docs/other.html", "<p>nobody reads it</p>\n");
  repository.commit("page");

  const result = await repository.affected();

  expect(words(result)).toEqual(["dev-docs changed", "prod-docs changed"]);
  expect(reasonsOf(result, "dev-docs")).toEqual([
    "aws_s3_object.page: content of <repository>/docs/page.html",
  ]);
});

test("a stack that is gone is removed, and a new one added", async () => {
  repository.edit("main.js", 'stack("docs", docs)', 'stack("site", docs)');
  repository.commit("another name");

  const result = await repository.affected();

  expect(words(result)).toEqual([
    "dev-docs removed",
    "dev-site added",
    "prod-docs removed",
    "prod-site added",
  ]);
  expect(result.stacks.find(({ name }) => name === "dev-docs")?.elements).toContainEqual({
    address: "aws_s3_object.page",
    change: "removed",
  });
});

test("another backend and another locked version affect all, more checksums do not", async () => {
  // GIVEN the same version with the checksum of one more platform
  repository.edit(".terraform.lock.hcl", '"h1:one",', '"h1:one",\n    "h1:two",');
  expect((await repository.affected()).stacks).toEqual([]);
  // WHEN
  repository.edit(".terraform.lock.hcl", '"5.100.0"', '"5.99.0"');
  repository.edit("main.js", 'bucket: "state"', 'bucket: "other"');
  const result = await repository.affected();
  // THEN
  expect(words(result)).toEqual(ALL.map((name) => `${name} changed`));
  expect(reasonsOf(result, "dev-docs")).toEqual([
    "the backend, in which the state lies",
    "provider lock: registry.terraform.io/hashicorp/aws 5.100.0 → 5.99.0",
  ]);
});

test("another version of a provider affects the stacks that require it, as do checksums that nobody has seen", async () => {
  // GIVEN docs alone requires a second provider
  repository.git("checkout", "--quiet", "main");
  const random =
    'provider "registry.terraform.io/hashicorp/random" {\n  version = "3.6.0"\n  hashes = [\n    "h1:three",\n  ]\n}\n';
  repository.edit(".terraform.lock.hcl", 'provider "', `${random}\nprovider "`);
  repository.edit(
    "modules/docs.js",
    "exports.docs = (stack, { name }) => {",
    'exports.docs = (stack, { name }) => {\n  stack.addOverride("terraform.required_providers.random", { source: "hashicorp/random" });',
  );
  repository.commit("random");
  repository.git("checkout", "--quiet", "-b", "newer");
  // WHEN
  repository.edit(".terraform.lock.hcl", '"3.6.0"', '"3.7.2"');
  const version = await repository.affected();
  repository.edit(".terraform.lock.hcl", '"3.7.2"', '"3.6.0"');
  repository.edit(".terraform.lock.hcl", "h1:three", "h1:other");
  const checksums = await repository.affected();
  // THEN
  expect(words(version)).toEqual(["dev-docs changed", "prod-docs changed"]);
  expect(reasonsOf(version, "dev-docs")).toEqual([
    "provider lock: registry.terraform.io/hashicorp/random 3.6.0 → 3.7.2",
  ]);
  expect(words(checksums)).toEqual(["dev-docs changed", "prod-docs changed"]);
  expect(reasonsOf(checksums, "prod-docs")).toEqual([
    "provider lock: other checksums of registry.terraform.io/hashicorp/random 3.6.0",
  ]);
});

test("another backend affects the stacks whose state lies in it, and what is downstream", async () => {
  repository.edit(
    "main.js",
    'key: environment.name + "/" + unit,',
    'key: (environment.name + "/" + unit).replace("dev/network", "moved"),',
  );

  const result = await repository.affected();

  expect(words(result)).toEqual(["dev-function downstream", "dev-network changed"]);
  expect(reasonsOf(result, "dev-network")).toEqual(["the backend, in which the state lies"]);
});

test("another version of CDKTF affects all", async () => {
  // GIVEN CDKTF in the repository itself, so that each commit has its own
  repository.git("checkout", "--quiet", "main");
  repository.vendor("cdktf");
  repository.commit("vendored");
  repository.git("checkout", "--quiet", "-b", "upgrade");
  expect((await repository.affected()).stacks).toEqual([]);
  // WHEN
  repository.edit("vendor/cdktf/package.json", '"version": "0.21.0"', '"version": "0.21.1"');
  const result = await repository.affected();
  // THEN
  expect(words(result)).toEqual(ALL.map((name) => `${name} changed`));
  for (const name of ALL) expect(reasonsOf(result, name)).toEqual(["CDKTF 0.21.0 → 0.21.1"]);
});

test("another version of a package affects the stacks that it changes: each side has the packages of its lockfile", async () => {
  // GIVEN a package that says how large prod's network is
  repository.git("checkout", "--quiet", "main");
  const [first, second] = [repository.pack("1.0.0", "16"), repository.pack("2.0.0", "20")];
  repository.edit("overlays/prod.js", '"10.1.0.0/16"', '"10.1.0.0/" + require("@acme/size")');
  repository.configure({ app: `NODE_PATH=${PACKAGES} node main.js` });
  repository.install(first);
  repository.commit("packages");
  repository.git("checkout", "--quiet", "-b", "packages");
  // WHEN
  repository.install(second);
  repository.commit("newer");
  const result = await repository.affected();
  // THEN
  expect(words(result)).toEqual(["prod-function downstream", "prod-network changed"]);
  expect(reasonsOf(result, "prod-network")).toEqual(["aws_vpc.vpc: cidr_block"]);
  expect(result.everything).toBeUndefined();
});

test("bindings that cdktf get generates are the head's for the base, unless the module is another one", async () => {
  // GIVEN docs whose key lists what the generated class takes; bindings are not committed
  repository.git("checkout", "--quiet", "main");
  repository.write(".gitignore", "node_modules\ncdktf.out\n.gen\n");
  repository.write("site/main.tf", 'variable "title" {\n  type = string\n}\n');
  repository.configure({ terraformModules: [{ name: "site", source: "./site" }] });
  repository.edit("modules/docs.js", 'name + ".html"', "name + generated()");
  repository.edit(
    "modules/docs.js",
    "exports.docs",
    `const generated = () => [...require("node:fs").readFileSync(".gen/modules/site.ts", "utf8").matchAll(/readonly (\\w+)\\??:/g)].map(([, one]) => one).join();
exports.docs`,
  );
  repository.generate();
  repository.commit("a module");
  repository.git("checkout", "--quiet", "-b", "bindings");
  expect((await repository.affected()).stacks).toEqual([]);
  // WHEN the module takes one thing more
  repository.edit("site/main.tf", "string", 'string\n}\nvariable "lang" {\n  type = string');
  // As a second cdktf get would write it, which takes half a minute.
  repository.edit(".gen/modules/site.ts", "readonly title:", "readonly lang: string;\n  readonly title:");
  const result = await repository.affected();
  // THEN
  expect(words(result)).toEqual(["dev-docs changed", "prod-docs changed"]);
  expect(reasonsOf(result, "dev-docs")).toEqual(["aws_s3_object.page: key"]);
}, 900_000);

test("a base that does not synthesize makes everything affected, and says why", async () => {
  // GIVEN
  repository.git("checkout", "--quiet", "main");
  repository.edit("main.js", "const app", 'throw new Error("no synth today");\nconst app');
  repository.commit("broken");
  repository.git("checkout", "--quiet", "-b", "mended");
  repository.edit("main.js", 'throw new Error("no synth today");\n', "");
  repository.commit("mended");
  // WHEN
  const result = await repository.affected();
  // THEN
  expect(words(result)).toEqual(ALL.map((name) => `${name} changed`));
  expect(result.everything?.side).toBe("base");
  expect(result.everything?.reason).toContain("no synth today");
  expect(repository.clean).toBe(true);
});

test("a base without a lockfile says so, and not where its checkout was", async () => {
  repository.git("checkout", "--quiet", "main");
  repository.git("rm", "--quiet", "package-lock.json");
  repository.write("package.json", '{ "private": true }\n');
  repository.commit("no lockfile");
  repository.git("checkout", "--quiet", "-b", "without");

  const result = await repository.affected();
  const refused = await repository.run("--json", "--matrix");

  expect(result.everything?.reason).toContain("the base has no lockfile");
  expect(result.everything?.reason).toContain("--prepare 'npm install'");
  expect(result.everything?.reason).not.toMatch(/groundplan-base-|node:internal/);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("cannot be used with option '--json'");
});

test("a head that does not synthesize makes everything affected, and fails", async () => {
  repository.edit("modules/docs.js", "exports.docs", "exports.documents");
  repository.commit("broken");

  const { code, stdout } = await repository.run("--json");

  const result = JSON.parse(stdout) as AffectedResult;
  expect(code).toBe(1);
  expect(words(result)).toEqual(ALL.map((name) => `${name} changed`));
  expect(result.everything?.side).toBe("head");
  expect(result.everything?.reason).toContain("fill is not a function");
});

test("without a common commit everything is affected", async () => {
  repository.git("checkout", "--quiet", "--orphan", "alone");
  repository.commit("alone");

  const result = await repository.affected();

  expect(words(result)).toEqual(ALL.map((name) => `${name} changed`));
  expect(result.everything).toMatchObject({
    side: "history",
    reason: expect.stringContaining("nothing to do with each other"),
  });
});

test("--matrix names what can be planned, and --base has to be there", async () => {
  repository.edit("main.js", 'stack("docs", docs)', 'stack("site", docs)');
  repository.edit("overlays/prod.js", "10.1.0.0/16", "10.8.0.0/16");

  const { stdout } = await repository.run("--matrix");

  expect(JSON.parse(stdout)).toEqual({
    include: [
      { stack: "dev-site", environment: "dev", unit: "site", change: "added" },
      { stack: "prod-function", environment: "prod", unit: "function", change: "downstream" },
      { stack: "prod-network", environment: "prod", unit: "network", change: "changed" },
      { stack: "prod-site", environment: "prod", unit: "site", change: "added" },
    ],
  });
  expect(stdout.trim()).not.toContain("\n");
  const missing = await repository.run("--base", "origin/main");
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("git fetch --no-tags origin main");
});
