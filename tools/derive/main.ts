// What `npm run derive` runs after the build: writes anew what is made from platform.ts and overlays/.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { environments } from "../../overlays";
import { checkEnvironments } from "../../overlays/checks";
import { checkPlatform } from "../../overlays/platform-checks";
import { checkRegistration } from "../../overlays/registration";
import { platform } from "../../platform";
import { PARTS, staleFiles } from "./derive";

const root = process.cwd();
const check = process.argv.includes("--check");

try {
  checkPlatform(platform);
  checkRegistration(platform, environments);
  checkEnvironments(environments);
  const stale = Object.entries(PARTS).flatMap(([, part]) =>
    writePart(part({ root, platform, environments })),
  );
  if (stale.length === 0) console.log("every derived file is as platform.ts and overlays/ say");
  else if (check) {
    console.error(
      `${stale.join("\n")}\n\nError: ${stale.length} derived files are stale\n  run: npm run derive`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`Error: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** Writes what is stale of a part, unless it is only to be checked. @returns its paths. */
function writePart(files: ReadonlyMap<string, string | undefined>): readonly string[] {
  const stale = staleFiles(root, files);
  for (const path of check ? [] : stale) {
    const file = join(root, path);
    const text = files.get(path);
    if (path.startsWith("test/stacks/golden/")) tellLost(path, text);
    if (text === undefined) {
      rmSync(file);
      console.log(`${path} (removed)`);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      console.log(path);
    }
  }
  return stale;
}

/** A golden address that goes is a resource that the next apply destroys: it is said, and not only written. */
function tellLost(path: string, text = ""): void {
  const file = join(root, path);
  const before = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  const now = new Set(text.split("\n"));
  const lost = before.filter((address) => !now.has(address));
  if (lost.length === 0) return;
  const shown = lost.slice(0, 10).map((address) => `  - ${address}\n`);
  const more = lost.length > shown.length ? `  - and ${lost.length - shown.length} more\n` : "";
  console.log(
    `${path}: ${lost.length} addresses are gone. Where they are deployed, the next apply destroys what stands there;\n` +
      `  what is only to move needs a moveTo or a moved block first\n${shown.join("")}${more}`.trimEnd(),
  );
}
