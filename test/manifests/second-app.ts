import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Changes a file; a text that stays as it is is an error. */
function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`${file} stays as it is`);
  writeFileSync(file, after);
}

/** A copy of an app's folder in `overlays/base/` under another name: its label, its selectors, its objects. */
export function copyApp(overlays: string, from: string, name: string): void {
  const folder = join(overlays, "base", name);
  cpSync(join(overlays, "base", from), folder, { recursive: true });
  for (const file of readdirSync(folder)) {
    edit(join(folder, file), (text) => text.replaceAll(new RegExp(`: ${from}$`, "gm"), `: ${name}`));
  }
}

/** Adds an app to the overlays as a team does: a folder of its own in the base, and its image in each environment. */
export function addApp(overlays: string, name: string, environments: readonly string[]): void {
  copyApp(overlays, "app", name);
  edit(join(overlays, "base", "kustomization.yaml"), (text) => `${text.trimEnd()}\n  - ${name}\n`);
  for (const environment of environments) {
    edit(join(overlays, environment, "kustomization.yaml"), (text) =>
      text.replace(
        /^images:\n(- name: app\n {2}newName: (.*\/)[^/]+\n {2}newTag: .*\n)/m,
        (_, app, registry) =>
          `images:\n${app}- name: ${name}\n  newName: ${registry}frontend\n  newTag: 0.1.0\n`,
      ),
    );
  }
}
