#!/usr/bin/env node
// What `npm run argocd` runs after the build: writes the manifests of argocd/, from the same source as the addons stacks.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import overlays from "../dist/overlays/index.js";
import platform from "../dist/platform.js";
import stacks from "../dist/stacks/index.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FOLDER = join(ROOT, "argocd");

const files = stacks.argoCdManifests(platform.platform, overlays.environments);
// Whole folders, so that the files of an environment that is gone go with it.
for (const part of ["projects", "applications", "clusters"])
  rmSync(join(FOLDER, part), { recursive: true, force: true });
for (const [path, text] of files) {
  mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
  writeFileSync(join(FOLDER, path), text);
  console.log(`argocd/${path}`);
}
