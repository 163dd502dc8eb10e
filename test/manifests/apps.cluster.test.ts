import { join } from "node:path";
import { environments } from "../../overlays";
import { labelled } from "./labelled";
import { at, type Manifest } from "./manifest";
import { overlay } from "./render";
import { faults } from "./rules";
import { OverlaysCopy } from "./second-app";

const names = environments.map(({ name }) => name);
const copy = new OverlaysCopy();
const folder = copy.path;

beforeAll(() => copy.addApp("second"));

afterAll(() => copy.remove());

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
