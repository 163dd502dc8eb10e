import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkCdktf, checkNode } from "../../../cli/doctor/toolchain";
import { findProject } from "../../../cli/project/project";
import { PlainApp } from "../plain-app";

const path = process.env.PATH;
let app: PlainApp;
beforeEach(() => {
  process.env.PATH = "";
});
afterEach(() => {
  process.env.PATH = path;
  app?.remove();
});

const finding = () => checkCdktf(findProject(app.path));

function install(name: string, version: string): void {
  const folder = join(app.path, "node_modules", name);
  mkdirSync(join(folder, "bundle", "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
  writeFileSync(join(folder, "bundle", "bin", `${name.replace("-cli", "")}.js`), "");
}

test("what nothing needs may be missing: plan runs the app itself", () => {
  app = new PlainApp({});
  expect(finding()).toMatchObject({ level: "ok", found: expect.stringContaining("not needed") });
});

test("what generates the bindings is missed, and named by its own name", () => {
  app = new PlainApp({}, { terraformProviders: ["aws@~> 5.0"] });
  expect(finding()).toMatchObject({
    check: "cdktf",
    level: "warn",
    instead: "install it: npm install --global cdktf-cli@0.21.0",
  });
  app.write("package.json", "{}");
  install("cdktn", "0.24.0");
  expect(finding()).toMatchObject({
    check: "cdktn",
    level: "warn",
    instead: "install it: npm install --save-dev cdktn-cli@0.24.0",
  });
  install("cdktn-cli", "0.24.0");
  expect(finding()).toMatchObject({ check: "cdktn", level: "ok", found: "0.24.0, app: node app.mjs" });
});

test("two versions are said, with that of the library to install", () => {
  app = new PlainApp({});
  install("cdktf", "0.20.1");
  install("cdktf-cli", "0.21.0");
  expect(finding()).toMatchObject({ level: "warn", found: "cdktf 0.20.1 and cdktf-cli 0.21.0 differ" });
  expect(finding().instead).toContain("cdktf-cli@0.20.1");
});

test.each([
  ["20.19.0", "ok"],
  ["18.20.8", "fail"],
])("Node %s: %s", (version, level) => {
  expect(checkNode(version).level).toBe(level);
});
