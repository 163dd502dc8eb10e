import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { argoCdManifests } from "../../stacks";
import { AddonsOutput } from "../stacks/addons-output";

const FOLDER = join(__dirname, "..", "..", "argocd");

/** The committed files by their paths. */
function committed(): ReadonlyMap<string, string> {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".yaml"),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(FOLDER, path), "utf8")]));
}

/** Files that differ, are missing, or are there without being rendered. */
function differences(
  files: ReadonlyMap<string, string>,
  rendered: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = new Set([...files.keys(), ...rendered.keys()]);
  return [...paths].filter((path) => files.get(path) !== rendered.get(path)).sort();
}

const rendered = argoCdManifests(platform, environments);

test("the manifests in argocd/ are those that the stacks apply: else run `npm run derive`", () => {
  expect(differences(committed(), rendered)).toEqual([]);
});

test("a file that was changed by hand, is missing or is left over is found", () => {
  const [first, last] = [environments[0], environments.at(-1)].map(
    (each) => `applications/${each?.name}.yaml`,
  );
  if (first === undefined || last === undefined) throw new Error("there is no environment");
  const changed = new Map(committed());
  changed.set(last, `${changed.get(last)}\n`);
  changed.delete(first);
  changed.set("applications/old.yaml", "");
  expect(differences(changed, rendered)).toEqual([first, "applications/old.yaml", last].sort());
  const other = argoCdManifests({ ...platform, name: "another" }, environments);
  expect(differences(committed(), other).length).toBeGreaterThan(rendered.size);
});

test.each(environments.map(({ name }) => name))(
  "what the stack of %s applies is what the files say",
  (name) => {
    const output = new AddonsOutput(platform, environments, name);
    const yaml = (path: string) => parse(rendered.get(path) ?? "");
    expect(output.deliveriesValues().manifests).toEqual([
      yaml(`projects/${platform.name}.yaml`),
      yaml(`applications/${name}.yaml`),
    ]);
    const bridge = output.bridge();
    const example = yaml(`clusters/${name}.example.yaml`);
    expect({ ...bridge, metadata: { ...bridge.metadata, annotations: {} } }).toEqual({
      ...example,
      metadata: { ...example.metadata, annotations: {} },
    });
    expect(Object.keys(bridge.metadata.annotations).sort()).toEqual(
      Object.keys(example.metadata.annotations).sort(),
    );
  },
);
