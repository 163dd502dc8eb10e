import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../overlays";
import { labelled } from "./labelled";
import { only } from "./manifest";
import { selective } from "./rules";
import { OverlaysCopy } from "./second-app";

const OVERLAYS = join(__dirname, "..", "..", "overlays");
const names = environments.map(({ name }) => name);
const [first = ""] = names;

let copy: OverlaysCopy;
let folder: string;

beforeEach(() => {
  copy = new OverlaysCopy();
  folder = copy.path;
});

afterEach(() => copy.remove());

const edit = (file: string, from: string, to: string) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
};

test.each(names)("every selector of %s takes the pods of one app", (name) => {
  const manifests = labelled(join(OVERLAYS, name));
  expect(selective(manifests)).toEqual([]);
  expect(manifests.filter(({ kind }) => kind === "Deployment" || kind === "Rollout")).not.toEqual([]);
});

test("takes a second app with its own label, selectors and objects", () => {
  const before = labelled(join(folder, first));
  copy.addApp("second");
  const after = labelled(join(folder, first));
  expect(selective(after)).toEqual([]);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toContain(
    `Deployment/${first}-second`,
  );
});

test("planted fault: one label for the pods of all apps makes the second Deployment invalid", () => {
  copy.addApp("second");
  // As it was: the first app's name on everything in the base.
  edit("base/kustomization.yaml", "  - pairs:\n", "  - pairs:\n      app.kubernetes.io/name: app\n");
  expect(selective(labelled(join(folder, first)))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        `^Deployment/${first}-app takes the pods of Deployment/${first}-app .*and Deployment/${first}-second$`,
      ),
      `Deployment/${first}-second does not select its own pods`,
    ]),
  );
});

test("planted fault: a copy that kept the first app's selectors takes its pods", () => {
  copy.addApp("second");
  edit("base/second/kustomization.yaml", "name: second\n    include", "name: app\n    include");
  for (const file of ["service.yaml", "pdb.yaml"]) {
    edit(`base/second/${file}`, "app.kubernetes.io/name: second", "app.kubernetes.io/name: app");
  }
  const found = selective(labelled(join(folder, first)));
  const both = `takes the pods of Deployment/${first}-app and Deployment/${first}-second`;
  expect(found).toEqual(
    expect.arrayContaining([
      `Deployment/${first}-second does not select its own pods`,
      `Service/${first}-second ${both}`,
      `PodDisruptionBudget/${first}-second ${both}`,
    ]),
  );
});

test("the namespace is of no app", () => {
  const { labels } = only(labelled(join(OVERLAYS, first)), "Namespace").metadata;
  expect(labels).not.toHaveProperty(["app.kubernetes.io/name"]);
});
