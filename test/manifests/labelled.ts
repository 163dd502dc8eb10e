import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { at, type Json, type Manifest, parse } from "./manifest";
import { SELECTORS } from "./rules";

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly namePrefix?: string;
  readonly labels?: readonly {
    readonly pairs: Readonly<Record<string, string>>;
    readonly includeSelectors?: boolean;
    readonly includeTemplates?: boolean;
  }[];
}

/** Where Kustomize writes the labels of pods, in the kinds that the overlays have. */
const TEMPLATES: Readonly<Record<string, string>> = {
  Deployment: "spec.template.metadata.labels",
  Rollout: "spec.template.metadata.labels",
};

/**
 * The resources of a Kustomize folder with the labels and names that it gives them, which needs no Kustomize; patches,
 * images and generators are left out, and a component's are only that of a canary: it makes a Rollout of a Deployment. `apps.cluster.test.ts` compares it with `kustomize build`.
 *
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/labels/
 */
export function labelled(folder: string): readonly Manifest[] {
  const {
    resources = [],
    components = [],
    labels = [],
    namePrefix = "",
  } = parseYaml(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as Kustomization;
  const manifests = resources.flatMap((resource) => {
    const path = join(folder, resource);
    return statSync(path).isDirectory() ? labelled(path) : parse(readFileSync(path, "utf8"));
  });
  const whole = components.reduce<readonly Manifest[]>(
    (all, component) => withComponent(all, join(folder, component)),
    manifests,
  );
  return whole.map((each) => {
    const named = each.kind === "Namespace" ? each.metadata.name : `${namePrefix}${each.metadata.name}`;
    const start = { ...each, metadata: { ...each.metadata, name: named } };
    return labels.reduce<Manifest>((manifest, { pairs, includeSelectors, includeTemplates }) => {
      const places = [
        "metadata.labels",
        ...(includeSelectors || includeTemplates ? [TEMPLATES[each.kind]] : []),
        ...(includeSelectors ? [SELECTORS[each.kind]] : []),
      ];
      return places.reduce<Manifest>(
        (changed, place) => (place === undefined ? changed : withLabels(changed, place.split("."), pairs)),
        manifest,
      );
    }, start);
  });
}

interface Component extends Kustomization {
  readonly patches: readonly {
    readonly path: string;
    readonly target: { readonly kind: string; readonly name: string };
  }[];
}

/** What a component adds, and the kinds that it changes. */
function withComponent(manifests: readonly Manifest[], folder: string): readonly Manifest[] {
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const { resources = [], patches } = parseYaml(read("kustomization.yaml")) as Component;
  const kinds = patches.flatMap(({ path, target }) => {
    const operations = parseYaml(read(path)) as readonly { path: string; value: string }[];
    const kind = operations.find((operation) => operation.path === "/kind")?.value;
    return kind === undefined ? [] : [{ ...target, to: kind }];
  });
  const changed = manifests.map((each) => {
    const found = kinds.find(({ kind, name }) => kind === each.kind && name === each.metadata.name);
    return found ? { ...each, kind: found.to } : each;
  });
  return [...changed, ...resources.flatMap((file) => parse(read(file)))];
}

function withLabels<T>(value: T, path: readonly string[], pairs: Readonly<Record<string, string>>): T {
  const [key, ...rest] = path;
  if (key === undefined) return { ...value, ...pairs };
  const below: Json | undefined = at(value, key);
  return { ...value, [key]: withLabels(below ?? {}, rest, pairs) };
}
