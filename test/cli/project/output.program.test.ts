import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { synthesizeApp } from "../../../cli/project/app";
import { findProject } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";
import { DATA, PlainApp } from "../plain-app";

let app: PlainApp;
afterEach(() => app.remove());

test("what a synth to HCL has left is removed: Terraform would refuse both together", async () => {
  // GIVEN
  app = new PlainApp({ shop: { json: DATA } });
  const env = { ...process.env, SYNTH_HCL_OUTPUT: "true" };
  execFileSync(process.execPath, ["app.mjs"], { cwd: app.path, env });
  const files = () => readdirSync(join(app.path, "cdktf.out", "stacks", "shop"));
  expect(files()).toEqual(["cdk.tf"]);
  // WHEN
  await synthesizeApp(findProject(app.path));
  // THEN
  expect(files()).toEqual(["cdk.tf.json"]);
});

test("an absolute output is where cdktf has it, and nothing of it comes into the project", async () => {
  const elsewhere = temporaryFolder("absolute");
  try {
    app = new PlainApp({ shop: { json: DATA } }, { output: elsewhere });
    const [shop] = await synthesizeApp(findProject(app.path));
    expect(shop?.folder).toBe(join(elsewhere, "stacks", "shop"));
    expect(existsSync(join(elsewhere, "manifest.json"))).toBe(true);
    expect(readdirSync(app.path).sort()).toEqual([".groundplan", "app.mjs", "cdktf.json", "stacks.json"]);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

test("a relative output is one of the project", () => {
  app = new PlainApp({}, { output: "build/out" });
  expect(findProject(app.path).output).toBe(join(app.path, "build", "out"));
});
