import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { dpkgList, packageLists, writePackages } from "../../../../cli/artifact/ami/packages";
import { syftFolder } from "../../../syft";
import { temporaryFolder } from "../../../temporary-folder";

const STATUS = `Package: nftables
Status: install ok installed
Architecture: arm64
Version: 1.0.9-1build1
Description: Program to control packet filtering rules
 Version: of no package

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1.0

Package: bridge-utils
Status: install ok installed
Architecture: arm64
Version: 1.7.1-1ubuntu2
`;
const SYSTEM = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04"\n';
const WITHOUT_SYFT = { PATH: "/usr/bin:/bin" };

const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = temporaryFolder("packages");
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

/** What provision.sh writes, with whatever else somebody has put into it. */
function inventory(): string {
  const root = join(folder, "root");
  mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "var/lib/dpkg/status"), STATUS);
  writeFileSync(join(root, "etc/os-release"), SYSTEM);
  writeFileSync(join(root, "etc/shadow"), "root:secret");
  const file = join(folder, "inventory.tar");
  execFileSync("tar", ["-C", root, "-cf", file, "var/lib/dpkg/status", "etc/os-release", "etc/shadow"]);
  return file;
}

test("without syft it is dpkg's list: what is installed, sorted, and nothing that was removed", async () => {
  const { file, by } = await writePackages(inventory(), folder, "us-east-1", WITHOUT_SYFT);
  expect([file, by]).toEqual([join(folder, "packages-us-east-1.txt"), "dpkg"]);
  expect(readFileSync(file, "utf8")).toBe(
    "bridge-utils 1.7.1-1ubuntu2 arm64\nnftables 1.0.9-1build1 arm64\n",
  );
  expect([...packageLists(folder, ["us-east-1", "eu-west-1"]).keys()]).toEqual(["packages-us-east-1.txt"]);
});

test("by syft it is SPDX, with the packages of Ubuntu", async () => {
  process.env.PATH = [syftFolder(), before.PATH].join(delimiter);
  const { file, by } = await writePackages(inventory(), folder, "us-east-1");
  expect(by).toBe("syft");
  const { spdxVersion, packages } = JSON.parse(readFileSync(file, "utf8"));
  expect(spdxVersion).toMatch(/^SPDX-2/);
  const found = packages.map(({ name, versionInfo }: Record<string, string>) => `${name} ${versionInfo}`);
  expect(found).toEqual(expect.arrayContaining(["nftables 1.0.9-1build1", "bridge-utils 1.7.1-1ubuntu2"]));
  expect(JSON.stringify(packages)).toContain("pkg:deb/ubuntu/nftables");
}, 120_000);

test("an archive without them, and one that is none, are said", async () => {
  writeFileSync(join(folder, "a.tar"), "no archive");
  for (const file of ["a.tar", "missing.tar"])
    await expect(writePackages(join(folder, file), folder, "us-east-1", WITHOUT_SYFT)).rejects.toThrow(
      /the list of packages of us-east-1 cannot be read/,
    );
});

test("a link in the archive leads nowhere outside", async () => {
  const root = join(folder, "linked");
  mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/os-release"), SYSTEM);
  execFileSync("ln", ["-s", "/etc/passwd", join(root, "var/lib/dpkg/status")]);
  const file = join(folder, "linked.tar");
  execFileSync("tar", ["-C", root, "-cf", file, "var", "etc"]);
  await expect(writePackages(file, folder, "us-east-1", WITHOUT_SYFT)).rejects.toThrow(/a link leads out of/);
});

test("a file without a package is an empty list", () => expect(dpkgList("")).toBe("\n"));
