import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environments } from "../../overlays";
import { labelled } from "./labelled";
import { at, type Manifest } from "./manifest";
import { OVERLAYS, overlay } from "./render";
import { faults } from "./rules";
import { addApp } from "./second-app";

const names = environments.map(({ name }) => name);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-apps-"));
  cpSync(OVERLAYS, folder, { recursive: true });
  addApp(folder, "second", names);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The labels and selectors of everything that is not generated. */
const labels = (manifests: readonly Manifest[]) =>
  manifests
    .filter(({ kind }) => kind !== "ConfigMap" && kind !== "Namespace")
    .map((each) => ({
      id: `${each.kind}/${each.metadata.name}`,
      own: each.metadata.labels,
      pods: at(each, "spec.template.metadata.labels"),
      selector: at(each, "spec.selector"),
      guarded: at(each, "spec.podSelector"),
    }))
    .sort((one, other) => one.id.localeCompare(other.id));

test.each(names)("a second app in %s keeps every rule, and the first is as it was", async (name) => {
  const both = await overlay(name, folder);
  expect(faults(both)).toEqual([]);
  const first = both.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] !== "second");
  expect(first).toEqual(await overlay(name));
});

test("Kustomize gives the labels that the tests without it expect", async () => {
  const [name = ""] = names;
  expect(labels(await overlay(name, folder))).toEqual(labels(labelled(join(folder, name))));
});
