import { Release } from "@cdktf/provider-helm/lib/release";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import { CHART_ADDONS } from "@groundplan/modules/addons";
import { ARGO_CD } from "@groundplan/modules/gitops";
import { environments, platform } from "../platform";
import { AddonsOutput } from "./addons-output";

const charts = [
  ARGO_CD,
  ...Object.values(CHART_ADDONS).flatMap((row) => row.addons.map(({ chart }) => chart)),
];

const names = environments.map(({ name }) => name);
const outputs = new Map(names.map((name) => [name, new AddonsOutput(platform, environments, name)]));

function output(name: string): AddonsOutput {
  const found = outputs.get(name);
  if (!found) throw new Error(`no environment ${name}`);
  return found;
}

test("the delivery of each environment", () => {
  const found = names.map((name) => {
    const [, app] = output(name).deliveriesValues().manifests as [unknown, { spec: Record<string, never> }];
    const { source, syncPolicy } = app.spec as unknown as {
      source: { targetRevision: string; path: string };
      syncPolicy: { automated?: object };
    };
    return [name, source.targetRevision, source.path, syncPolicy.automated !== undefined];
  });
  expect(found).toEqual([
    ["dev", "develop", "overlays/dev", true],
    ["staging", "main", "overlays/staging", false],
    ["prod", "main", "overlays/prod", false],
  ]);
});

test("every release is pinned, but the two whose chart lies in the repository", () => {
  for (const name of names) {
    const releases = output(name).all("helm_release");
    expect(releases.length).toBeGreaterThan(3);
    for (const { name: release, version, repository, chart } of releases) {
      const pinned = charts.find((one) => one.name === release);
      if (pinned)
        expect({ version, repository }).toEqual({ version: pinned.version, repository: pinned.repository });
      else expect(chart).toMatch(/^\$\{path\.module\}\/assets\//);
    }
  }
});

test("every namespace that it makes holds its pods to the restricted standard", () => {
  for (const { metadata } of names.flatMap((name) => output(name).all("kubernetes_namespace_v1"))) {
    const { labels } = metadata as { labels: Record<string, string> };
    for (const mode of ["enforce", "audit", "warn"])
      expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe("restricted");
  }
});

test("no resource asks the cluster for anything while it is planned", () => {
  for (const name of names) {
    const asked = output(name)
      .addresses()
      .filter((address) => /^kubernetes_manifest\./.test(address));
    expect(asked).toEqual([]);
  }
});

test("the bridge tells of the add-ons that the environment has", () => {
  const enabled = names.map(
    (name) =>
      Object.keys(output(name).bridge().metadata.labels).filter((label) => label.startsWith("enable_"))
        .length,
  );
  expect(enabled).toEqual([3, 4, 4]);
});

/** Arguments that the bindings have for a resource: those of the provider's schema, in its own spelling. */
function argumentsOf(type: string): ReadonlySet<string> {
  const binding = {
    helm_release: Release,
    kubernetes_namespace_v1: NamespaceV1,
    kubernetes_secret_v1: SecretV1,
  }[type];
  if (!binding) throw new Error(`no binding of ${type} is looked at here`);
  const properties = Object.getOwnPropertyNames(binding.prototype)
    .filter((name) => name.endsWith("Input"))
    .map((name) => name.slice(0, -"Input".length).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return new Set([...properties, "depends_on", "//"]);
}

/** Arguments of a resource that its provider does not know. */
function unknownArguments(type: string, resource: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(resource).filter((argument) => !argumentsOf(type).has(argument));
}

test.each(["helm_release", "kubernetes_namespace_v1", "kubernetes_secret_v1"])(
  "%s has only arguments that the provider knows, and a wrong one is found",
  (type) => {
    const all = names.flatMap((name) => output(name).all(type));
    expect(all.length).toBeGreaterThan(0);
    for (const resource of all) expect(unknownArguments(type, resource)).toEqual([]);
    expect(unknownArguments(type, { ...all[0], bukket: 1 })).toEqual(["bukket"]);
  },
);

test("every resource of the two providers is looked at here", () => {
  const types = new Set(
    names.flatMap((name) =>
      output(name)
        .addresses()
        .map((address) => address.split(".")[0]),
    ),
  );
  expect([...types].filter((type) => !type?.startsWith("aws_")).sort()).toEqual([
    "helm_release",
    "kubernetes_namespace_v1",
    "kubernetes_secret_v1",
  ]);
});

test("where signatures count Kyverno is installed first, and its policy names the environment's repositories alone", () => {
  const signed = environments.map((one) =>
    one.name === "prod"
      ? {
          ...one,
          addons: { ...one.addons, kyverno: true },
          delivery: { ...one.delivery, signatures: { enabled: true, keys: ["PEM"], identities: [] } },
        }
      : one,
  );
  const release = new AddonsOutput(platform, signed, "prod").release("image-signatures");
  expect(release.depends_on).toContainEqual(expect.stringMatching(/^helm_release\..*kyverno/));
  const { manifests } = JSON.parse(release.values[0] ?? "{}");
  expect(manifests).toEqual([
    expect.objectContaining({
      kind: "ImageValidatingPolicy",
      metadata: { name: "groundplan-prod-images" },
    }),
  ]);
  const text = JSON.stringify(manifests);
  expect(text).toContain("123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/prod/app");
  expect(text).not.toContain("groundplan/staging/");
  for (const name of names)
    expect(
      output(name)
        .all("helm_release")
        .map((one) => one.name),
    ).not.toContain("kyverno");
});
