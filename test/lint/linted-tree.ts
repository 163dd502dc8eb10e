import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");

/** A folder that is linted by the project's own rules. */
export class LintedTree {
  readonly folder = temporaryFolder("lint");

  /** @param files - texts by their paths. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const path of ["biome.json", "tools/lint", ".gitignore"]) {
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Lints all of it. @returns the exit code, and what is printed. */
  lint(): { readonly status: number | null; readonly output: string } {
    const biome = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
    const args = [biome, "lint", "--colors=off", "--max-diagnostics=none", "."];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: "utf8",
    });
    return { status, output: `${stdout}${stderr}` };
  }
}
