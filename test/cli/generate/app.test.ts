import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type AppOptions, newApp } from "../../../cli/generate/app";
import { Draft } from "../../../cli/generate/draft";
import { changed, makePlatform } from "./fixture";

function generated(root: string, name: string, options: AppOptions = {}) {
  const draft = new Draft(root);
  const said = newApp(draft, name, options);
  return { ...said, files: Object.fromEntries(draft.changes.map(({ path, after }) => [path, after])) };
}

test("gives an app a label, selectors and objects of its own", () => {
  const { files } = generated(makePlatform(), "web");
  expect(files["overlays/base/web/kustomization.yaml"]).toBe(
    "# The app `web`.\nlabels:\n  - pairs:\n      app.kubernetes.io/name: web\nresources:\n  - deployment.yaml\n",
  );
  // A key of that name is no name, and a text that has it stays.
  expect(parse(files["overlays/base/web/deployment.yaml"] ?? "")).toEqual({
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { selector: { matchLabels: { "app.kubernetes.io/name": "web", app: "no name of it" } } },
  });
  expect(files["overlays/base/kustomization.yaml"]).toBe(
    "resources:\n  - namespace.yaml\n  - app # the first\n  - web # the first\n",
  );
});

test("gives each environment its image and the patches of the other app, and no others", () => {
  const { files } = generated(makePlatform(), "web");
  for (const environment of ["dev", "prod"]) {
    const { images, patches } = parse(files[`overlays/${environment}/kustomization.yaml`] ?? "");
    expect(images).toEqual([
      expect.objectContaining({ name: "app", digest: "sha256:0123" }),
      {
        name: "web",
        newName: `111111111111.dkr.ecr.us-east-1.amazonaws.com/acme/${environment}/web`,
        newTag: "0.1.0",
      },
    ]);
    expect(patches.map(({ target }: { target: { name: string } }) => target.name)).toEqual([
      "app",
      "other",
      "web",
    ]);
    expect(patches[2].patch).toBe(patches[0].patch);
  }
});

test("adds the repository of its image, unless it is there", () => {
  const { files, next } = generated(makePlatform(), "web");
  expect(files["overlays/settings/registry.ts"]).toContain('repositories: ["api", "web"]');
  expect(next).toContain("npx cdktf deploy dev-registry   # makes the repository web");
  const other = generated(makePlatform(), "web", { image: "api" });
  expect(Object.keys(other.files)).not.toContain("overlays/settings/registry.ts");
  expect(other.files["overlays/dev/kustomization.yaml"]).toContain(
    "newName: 111111111111.dkr.ecr.us-east-1.amazonaws.com/acme/dev/api\n  newTag",
  );
});

test("adds the repository to an environment that has a list of its own", () => {
  const own = changed(
    "overlays/dev/environment.ts",
    "api: {",
    'registry: { repositories: ["one"] },\n  api: {',
  );
  const { files } = generated(makePlatform(own), "web");
  expect(files["overlays/dev/environment.ts"]).toContain('repositories: ["one", "web"]');
});

test.each<[Readonly<Record<string, string | undefined>>, string, AppOptions, RegExp]>([
  [{}, "app", {}, /^there is an app "app" already\n {2}at overlays\/base\/app/],
  [{}, "web", { like: "shop" }, /^--like "shop": there is no such app\n {2}use one of app$/],
  [{}, "web", { image: "Web" }, /^invalid repository "Web"/],
  [
    changed("overlays/base/kustomization.yaml", "  - app # the first\n", ""),
    "web",
    {},
    /^overlays\/base\/kustomization\.yaml does not list app/,
  ],
  [
    changed("overlays/prod/kustomization.yaml", "- name: app", "- name: other"),
    "web",
    {},
    /^overlays\/prod\/kustomization\.yaml has no image of app/,
  ],
  [
    { "overlays/base/kustomization.yaml": "resources: [namespace.yaml, app]\n" },
    "web",
    {},
    /has no list "resources" with an item in each line/,
  ],
  [{ "overlays/base/kustomization.yaml": "resources: [\n" }, "web", {}, /is no YAML/],
  [
    { "overlays/settings/registry.ts": "export const x = 1;" },
    "web",
    {},
    /^overlays\/settings\/registry\.ts has no list of repositories/,
  ],
])("planted fault: refuses with %j the app %s %j", (changes, name, options, message) => {
  expect(() => generated(makePlatform(changes), name, options)).toThrow(message);
});

test("where a canary makes a Rollout of the other app's Deployment, the new app's stays one", () => {
  const root = makePlatform();
  const path = join(root, "overlays", "prod", "kustomization.yaml");
  const text = readFileSync(path, "utf8");
  expect(text).toContain("kind: Deployment\n    name: app");
  writeFileSync(path, text.replace("kind: Deployment\n    name: app", "kind: Rollout\n    name: app"));
  const { patches } = parse(generated(root, "web").files["overlays/prod/kustomization.yaml"] ?? "");
  const kinds = patches.map(
    ({ target }: { target: { name: string; kind: string } }) => `${target.kind}/${target.name}`,
  );
  expect(kinds).toEqual(["Rollout/app", "Deployment/other", "Deployment/web"]);
});
