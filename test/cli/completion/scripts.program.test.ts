import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completionScript } from "../../../cli/completion/scripts";
import { BIN, build, groundplan } from "../groundplan";
import { type SmallApp, smallApp } from "../small-app";

let app: SmallApp;
beforeAll(() => {
  build();
  app = smallApp({ "dev-network": {}, "dev-api": {}, "prod-api": {} });
});
afterAll(() => app.remove());

/** A test of a shell that not every machine has; left out, its name says why. */
function withShell(shell: string): (what: string, run: () => Promise<void>) => void {
  const isInstalled = spawnSync(shell, ["--version"]).status === 0;
  return (what, run) =>
    isInstalled
      ? test(`${shell} ${what}`, run)
      : test.skip(`${shell} ${what}: ${shell} is not installed`, run);
}

const run = (shell: string, args: readonly string[], script: string) =>
  execFileSync(shell, [...args, "-c", script], { cwd: app.folder, encoding: "utf8" });

/** What bash would put in place of the last word. */
function bash(...words: readonly string[]): readonly string[] {
  const file = join(app.folder, "completion.bash");
  const name = words[0] === "npx" ? "_groundplan_npx" : "_groundplan";
  const script = `source ${file}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; ${name}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run("bash", ["--norc"], script).split("\n").filter(Boolean);
}

test("bash completes commands, options and names, and those of npx groundplan", async () => {
  const { code, stdout } = await groundplan(["completion", "bash"], { cwd: app.folder });
  writeFileSync(join(app.folder, "completion.bash"), stdout);

  expect(code).toBe(0);
  expect(bash("groundplan", "gra")).toEqual(["graph"]);
  expect(bash("groundplan", "plan", "dev-")).toEqual(["dev-network", "dev-api"]);
  expect(bash("groundplan", "plan", "--environment", "")).toEqual(["dev", "prod"]);
  expect(bash("npx", "groundplan", "destroy", "prod")).toEqual(["prod-api"]);
  expect(bash("npx", "jest", "prod")).toEqual([]);
  expect(run("bash", ["--norc"], `source completion.bash; complete -p groundplan npx`)).toBe(
    "complete -o default -F _groundplan groundplan\ncomplete -o default -F _groundplan_npx npx\n",
  );
});

withShell("fish")("completes the same, with what each is for", async () => {
  const { stdout } = await groundplan(["completion", "fish"], { cwd: app.folder });
  writeFileSync(join(app.folder, "completion.fish"), stdout);
  const complete = (line: string) =>
    run("fish", ["--no-config"], `source completion.fish; complete -C '${line}'`).trim().split("\n");

  expect(complete("groundplan gra")).toEqual(["graph\twhich stack is deployed after which"]);
  expect(complete("npx groundplan plan dev-").sort()).toEqual(["dev-api", "dev-network"]);
});

withShell("zsh")("takes the script", async () => {
  const { stdout } = await groundplan(["completion", "zsh"], { cwd: app.folder });
  writeFileSync(join(app.folder, "completion.zsh"), stdout);
  const script = `autoload -Uz compinit; compinit -u -D; source completion.zsh; print $_comps[groundplan] $_comps[npx]`;

  expect(run("zsh", ["-f"], script)).toBe("_groundplan _groundplan_npx\n");
});

test("a folder whose name a shell would run is a path and no more", () => {
  const folder = join(app.folder, "it's $(touch ran) `touch ran`");
  mkdirSync(folder);
  writeFileSync(join(folder, "groundplan.js"), `require(${JSON.stringify(BIN)})`);
  const script = completionScript("bash", { node: process.execPath, script: join(folder, "groundplan.js") });
  writeFileSync(join(app.folder, "completion.bash"), script);

  expect(bash("groundplan", "gra")).toEqual(["graph"]);
  expect(existsSync(join(app.folder, "ran"))).toBe(false);
});

test("what the program answers is not expanded: planted fault", () => {
  const program = join(app.folder, "answers.js");
  writeFileSync(program, 'console.log("$(touch ran)\\n`touch ran`\\n*");');
  writeFileSync(
    join(app.folder, "completion.bash"),
    completionScript("bash", { node: process.execPath, script: program }),
  );

  expect(bash("groundplan", "x")).toEqual(["$(touch ran)", "`touch ran`", "*"]);
  expect(existsSync(join(app.folder, "ran"))).toBe(false);
});

test("another shell is refused with those there are", async () => {
  const { code, stderr } = await groundplan(["completion", "tcsh"], { cwd: app.folder });

  expect(code).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
});
