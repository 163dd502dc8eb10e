import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../overlays";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");
const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { app: string };

const [first] = environments;
if (!first) throw new Error("overlays/index.ts registers no environment");
const { name, network } = first;

let folder: string;

/** The app in a folder of its own, so that a fault can be planted. */
beforeAll(() => {
  folder = temporaryFolder("app");
  // Without `services`: no stack is made of them, and infrastructure.yml does not look at them.
  const sources = ["main.ts", "platform.ts", "overlays", "stacks", "modules", "cdktf.json"];
  for (const path of [...sources, "tsconfig.json", "tsconfig.base.json", ".terraform.lock.hcl"]) {
    const skip = (source: string) => !/\/(?:dist|node_modules)$/.test(source);
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: skip });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
});

/** Runs the `app` of `cdktf.json`, as cdktf does. */
function synth() {
  const { status, stdout, stderr } = spawnSync(app, { cwd: folder, shell: true, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

test("the app synthesizes every stack with its provider lock; a type error or a wrong value fails it", () => {
  expect(synth()).toEqual({ status: 0, output: "" });
  const lock = join(folder, `cdktf.out/stacks/${name}-network/.terraform.lock.hcl`);
  expect(readFileSync(lock, "utf8")).toContain('provider "registry.terraform.io/hashicorp/aws"');

  // A wrong value: the message and nothing else, no stack of calls.
  const overlay = join(folder, `overlays/${name}/environment.ts`);
  const good = readFileSync(overlay, "utf8");
  rmSync(join(folder, "cdktf.out"), { recursive: true });
  rewrite(overlay, good.replace(network.cidr, "10.0.0.0/28"));
  const wrong = synth();
  expect(wrong.status).toBe(1);
  expect(wrong.output).toMatch(/^network\.cidr is "10\.0\.0\.0\/28": .*\n {2}at overlay "[^"]+"\n {2}use /);
  expect(wrong.output).not.toContain("node:internal");
  expect(existsSync(join(folder, "cdktf.out/stacks"))).toBe(false);

  rewrite(overlay, good);
  appendFileSync(overlay, "\nexport const wrong: number = `text`;\n");
  const mistyped = synth();
  expect(mistyped.status).not.toBe(0);
  expect(mistyped.output).toMatch(/overlays\/[^/]+\/environment\.ts.* TS2322/s);
  expect(existsSync(join(folder, "cdktf.out/stacks"))).toBe(false);
});

function rewrite(file: string, text: string): void {
  rmSync(file);
  appendFileSync(file, text);
}
