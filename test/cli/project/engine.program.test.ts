import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineOf, generatesBindings, installCommand } from "../../../cli/project/engine";
import { findProject } from "../../../cli/project/project";
import { cdktfScript } from "../../../cli/project/synth";
import { PlainApp } from "../plain-app";

const path = process.env.PATH;
let app: PlainApp;
beforeEach(() => {
  process.env.PATH = "";
});
afterEach(() => {
  process.env.PATH = path;
  app.remove();
});

/** Puts a package into a folder, as npm does, with the script of a command line. */
function install(place: string, name: string, version: string): string {
  const folder = join(app.path, place, name);
  mkdirSync(join(folder, "bundle", "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
  const engine = name.replace("-cli", "");
  for (const end of ["", ".js"]) writeFileSync(join(folder, "bundle", "bin", `${engine}${end}`), "");
  return folder;
}

const project = () => findProject(app.path);

test("cdktn is one engine, cdktf the other, and the one that is installed is the project's", () => {
  app = new PlainApp({});
  expect(engineOf(project())).toEqual({ name: "cdktf", library: undefined, cli: undefined });
  install("node_modules", "cdktn", "0.24.0");
  expect(engineOf(project())).toMatchObject({ name: "cdktn", library: "0.24.0", cli: undefined });
  const cli = install("node_modules", "cdktn-cli", "0.24.0");
  expect(cdktfScript(project())).toBe(join(cli, "bundle", "bin", "cdktn.js"));
});

test("a command line of PATH counts, whatever the language of the app", () => {
  app = new PlainApp({});
  const folder = install("global/lib/node_modules", "cdktf-cli", "0.20.12");
  mkdirSync(join(app.path, "global", "bin"));
  symlinkSync(join(folder, "bundle", "bin", "cdktf"), join(app.path, "global", "bin", "cdktf"));
  process.env.PATH = join(app.path, "global", "bin");
  expect(engineOf(project())).toMatchObject({ name: "cdktf", cli: { version: "0.20.12", global: true } });
});

test.each([
  ["a project of Python", undefined, undefined, "npm install --global cdktf-cli@0.21.0"],
  ["one of an older version", undefined, "0.18.2", "npm install --global cdktf-cli@0.18.2"],
  ["one of Node", "0.20.1", "0.20.1", "npm install --save-dev cdktf-cli@0.20.1"],
])("%s installs the version that it has", (_, library, synthesized, command) => {
  app = new PlainApp({});
  if (library) {
    app.write("package.json", "{}");
    install("node_modules", "cdktf", library);
  }
  if (synthesized) {
    mkdirSync(project().output);
    writeFileSync(join(project().output, "manifest.json"), JSON.stringify({ version: synthesized }));
  }
  expect(installCommand(project(), engineOf(project()))).toBe(command);
  expect(() => cdktfScript(project())).toThrow(
    new RegExp(`cdktf-cli is not installed\n.*\n.*${command.replaceAll(".", "\\.")}`),
  );
});

test("only what cdktf.json names is generated", () => {
  app = new PlainApp({}, { terraformProviders: [], terraformModules: [] });
  expect(generatesBindings(project())).toBe(false);
  app.remove();
  app = new PlainApp({}, { terraformProviders: ["aws@~> 5.0"] });
  expect(generatesBindings(project())).toBe(true);
});
