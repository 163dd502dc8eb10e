import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");
const TOKEN = 'import { Fn } from "cdktf";\n\nexport const text = Fn.jsonencode({ a: 1 });\n';

/** Places, and what stands there. */
const REFUSED: Readonly<Record<string, string>> = {
  "modules/queue/queue.ts": TOKEN,
  "stacks/queue.ts": TOKEN,
  "previews/queue.ts":
    'import * as cdktf from "cdktf";\n\nexport const text = cdktf.Fn.jsonencode({ a: 1 });\n',
};
const CLEAN: Readonly<Record<string, string>> = {
  "modules/core/json.ts": TOKEN,
  "modules/queue/encoded.ts": 'import { Fn } from "cdktf";\n\nexport const value = Fn.jsondecode("{}");\n',
};

test("a document becomes JSON in one place alone, which escapes its texts", () => {
  const folder = temporaryFolder("lint");
  for (const path of ["biome.json", "tools/lint", ".gitignore"]) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [path, text] of Object.entries({ ...REFUSED, ...CLEAN })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "lint", "--colors=off", "--max-diagnostics=none", "."];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const refused = [...`${stdout}${stderr}`.matchAll(/^(\S+?\.ts):\d+:\d+ plugin/gm)].map(([, file]) => file);
  expect(refused.sort()).toEqual(Object.keys(REFUSED).sort());
});
