import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { environments } from "../../overlays";
import type { Environment } from "../../overlays/environment";
import { platform } from "../../platform";

const ROOT = join(__dirname, "..", "..");

interface Kustomization {
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly images?: readonly { readonly name: string; readonly newName?: string }[];
}

function read(environment: Environment): Kustomization {
  return parse(readFileSync(join(ROOT, "overlays", environment.name, "kustomization.yaml"), "utf8"));
}

/** In what an overlay's manifests contradict its environment.ts. */
function contradictions(environment: Environment, overlay: Kustomization): readonly string[] {
  const { name, account, region, registry } = environment;
  const prefix = `${account}.dkr.ecr.${region}.amazonaws.com/${platform.name}/${name}/`;
  return [
    ...(overlay.namespace === `${platform.name}-${name}` ? [] : [`namespace ${overlay.namespace}`]),
    ...(overlay.namePrefix === `${name}-` ? [] : [`namePrefix ${overlay.namePrefix}`]),
    ...(overlay.images?.length ? [] : ["no images"]),
    ...(overlay.images ?? [])
      .map(({ newName = "" }) => newName)
      .filter((image) => !registry.repositories.some((repository) => image === prefix + repository))
      .map((image) => `image ${image} is in none of the environment's repositories`),
  ];
}

test.each(environments.map((each) => [each.name, each] as const))(
  "the manifests of %s pull from the registry that its environment has",
  (_, environment) => {
    expect(contradictions(environment, read(environment))).toEqual([]);
  },
);

test("manifests that pull another environment's image are found", () => {
  // GIVEN
  const [one, other] = environments;
  if (one === undefined || other === undefined) throw new Error("there are no two environments");
  const theirs = read(other);
  // WHEN
  const found = contradictions(one, theirs);
  // THEN
  expect(found).toEqual([
    `namespace ${platform.name}-${other.name}`,
    `namePrefix ${other.name}-`,
    ...(theirs.images ?? []).map(
      ({ newName }) => `image ${newName} is in none of the environment's repositories`,
    ),
  ]);
});

test.each(environments.map((each) => [each.name, each] as const))(
  "Argo CD's application of %s builds this overlay, and lands in its namespace",
  (name, environment) => {
    const file = join(ROOT, "argocd", "applications", `${name}.yaml`);
    const { spec } = parse(readFileSync(file, "utf8"));
    expect(spec.source.path).toBe(`overlays/${name}`);
    expect(spec.destination.namespace).toBe(read(environment).namespace);
  },
);
