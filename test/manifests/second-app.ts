import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newApp } from "../../cli/generate/app";
import { Draft } from "../../cli/generate/draft";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");

/** The overlays in a folder of their own, to which `groundplan new app` adds. */
export class OverlaysCopy {
  private readonly root = temporaryFolder("apps");

  /** Folder of the overlays. */
  readonly path = join(this.root, "overlays");

  constructor() {
    for (const path of ["overlays", "platform.ts"])
      cpSync(join(ROOT, path), join(this.root, path), { recursive: true });
  }

  /** Adds an app as `groundplan new app` does. */
  addApp(name: string): void {
    const draft = new Draft(this.root);
    newApp(draft, name, {});
    for (const { path, after } of draft.changes) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), after);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
