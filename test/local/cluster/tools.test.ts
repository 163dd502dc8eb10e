import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { buildTools, kubernetesVersion, toolPath, toolsDirectory } from "../../../local/cluster/tools";
import { DEFAULT_VERSION } from "../../../local/services/eks/versions";
import { temporaryFolder } from "../../temporary-folder";

const variables = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = temporaryFolder("tools");
  process.env.XDG_CACHE_HOME = folder;
});

afterEach(() => {
  process.env = { ...variables };
  rmSync(folder, { recursive: true, force: true });
});

test("programs lie in the user's cache, in a folder keyed by what they are built from", () => {
  expect(toolPath("helm")).toBe(join(toolsDirectory(), "helm"));
  expect(toolsDirectory().startsWith(join(folder, "groundplan", "tools-"))).toBe(true);
  expect(basename(toolsDirectory())).toMatch(/^tools-[0-9a-f]{16}$/);
});

test("the version is the one of local/tools/go.mod", () => {
  expect(kubernetesVersion()).toMatch(/^1\.34\.\d+$/);
});

test("the documentation says which Kubernetes answers, whatever version a cluster says", () => {
  const [minor] = /^\d+\.\d+/.exec(kubernetesVersion()) ?? [];
  const documentation = readFileSync(join(__dirname, "../../../docs/local.md"), "utf8");
  expect(documentation).toContain(`Kubernetes ${minor} behind every cluster`);
  expect(documentation).toContain(`the one that was asked for, e.g. ${DEFAULT_VERSION}`);
});

test("without Go it says what to install, and leaves nothing half-built", async () => {
  process.env.PATH = folder;
  await expect(buildTools(["redis"])).rejects.toThrow(/Go is not on PATH[\s\S]+install Go 1\.26/);
  expect(readdirSync(toolsDirectory())).toEqual([]);
});
