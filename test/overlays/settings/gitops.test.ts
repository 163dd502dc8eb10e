import { checkEnvironments } from "../../../overlays/checks";
import type { EnvironmentOverlay } from "../../../overlays/environment";
import { defineEnvironment } from "../../platform";

const overlay = (change: Partial<EnvironmentOverlay>) =>
  defineEnvironment({ name: "test", account: "123456789012", network: { cidr: "10.9.0.0/16" }, ...change });

test("zones for external-dns, Karpenter, and a tag to deploy", () => {
  const environment = overlay({
    addons: { externalDns: { "test.example.com": "Z0123456789ABCDEFGHIJ" }, nodeAutoscaler: "karpenter" },
    gitops: { delivery: "guarded", revision: "v1.2.3" },
  });
  expect(checkEnvironments([environment])).toEqual([environment]);
});

test.each<[string, Partial<EnvironmentOverlay>, string]>([
  ["a zone that is none", { addons: { externalDns: { "a.example.com": "zone" } } }, "a.example.com"],
  ["a domain that is none", { addons: { externalDns: { example: "Z0123456789" } } }, '"example"'],
  [
    "a revision that is an option",
    { gitops: { revision: "--upload-pack=x" } },
    'gitops.revision is "--upload',
  ],
  [
    "a service without a repository",
    { gitops: { services: ["api", "web"] } },
    'gitops.services is "web": the registry has no repository of that name',
  ],
  ["a service twice", { gitops: { services: ["api", "api"] } }, "gitops.services"],
  ["an empty revision", { gitops: { revision: "" } }, 'gitops.revision is ""'],
])("%s is refused, and the overlay is named", (_, change, said) => {
  expect(() => checkEnvironments([overlay(change)])).toThrow(said);
  expect(() => checkEnvironments([overlay(change)])).toThrow(/at overlay "test"/);
});
