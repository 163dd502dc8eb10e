import { template } from "../manifests/render";

const host = { host: "api.example.com", paths: [{ path: "/" }] };

/** Values that stop Helm, and what it says. */
const REFUSED: readonly (readonly [values: object, said: string])[] = [
  [{ replicas: 3 }, "additional properties 'replicas' not allowed"],
  [{ image: { tags: "1" } }, "at '/image': additional properties 'tags' not allowed"],
  [{ image: { tag: 20260101 } }, "at '/image/tag': got number, want string"],
  [{ image: { tag: "latest" } }, 'image.tag is "latest": nobody could say what runs'],
  [{ image: { repository: "registry.example.com/a:1" } }, "at '/image/repository': "],
  [{ image: { digest: "sha256:1" } }, "at '/image/digest': 'sha256:1' does not match pattern"],
  [{ config: { LIMIT: 10000000 } }, "at '/config/LIMIT': got number, want string"],
  [{ config: { FLAG: true } }, "at '/config/FLAG': got boolean, want string"],
  [{ config: { "not-a-variable": "x" } }, "not-a-variable"],
  [{ config: { PORT: "1" } }, "config.PORT would contradict containerPort"],
  [{ env: [{ name: "A", value: 1 }] }, "at '/env/0/value': got number, want string"],
  [{ env: [{ name: "A" }] }, "at '/env/0'"],
  [{ resources: { limits: { memory: null } } }, "at '/resources/limits': missing property 'memory'"],
  [{ resources: { limits: { cpu: 1 } } }, "at '/resources/limits/cpu': got number, want string"],
  [{ resources: { limits: { memory: "1 GB" } } }, "at '/resources/limits/memory': '1 GB' does not match"],
  [{ containerPort: 80 }, "at '/containerPort': minimum: got 80, want 1,024"],
  [{ podSecurity: { runAsUser: 0 } }, "at '/podSecurity/runAsUser': minimum: got 0, want 1"],
  [{ podSecurity: { runAsNonRoot: false } }, "additional properties 'runAsNonRoot' not allowed"],
  [{ nameOverride: "n".repeat(64) }, "at '/nameOverride': maxLength: got 64, want 63"],
  [{ fullnameOverride: "Name" }, "at '/fullnameOverride': 'Name' does not match pattern"],
  [{ podLabels: { "app.kubernetes.io/name": "x" } }, "podLabels has app.kubernetes.io/name"],
  [
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: "z", whenUnsatisfiable: "x", labelSelector: {} },
      ],
    },
    "topologySpreadConstraints has a labelSelector",
  ],
  [{ serviceAccount: { create: false } }, "serviceAccount.name is empty and serviceAccount.create is false"],
  [
    { serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "role" } } },
    "at '/serviceAccount/annotations/eks.amazonaws.com~1role-arn': 'role' does not match pattern",
  ],
  [{ autoscaling: { minReplicas: 0 } }, "at '/autoscaling/minReplicas': minimum: got 0, want 1"],
  [{ autoscaling: { minReplicas: 7 } }, "autoscaling.minReplicas is 7 and more than autoscaling.maxReplicas"],
  [{ autoscaling: { targetCPUUtilizationPercentage: 101 } }, "maximum: got 101, want 100"],
  [{ ingress: { enabled: true, hosts: [host] } }, "ingress.className is empty: name the class"],
  [{ ingress: { enabled: true } }, "at '/ingress/hosts': minItems: got 0, want 1"],
  [{ ingress: { enabled: true, hosts: [{ ...host, host: "a b" }] } }, "at '/ingress/hosts/0/host'"],
  [{ networkPolicy: { extraIngress: [{}] } }, "at '/networkPolicy/extraIngress/0': minProperties"],
  [{ preStopSeconds: 30 }, "preStopSeconds is 30 and leaves nothing of terminationGracePeriodSeconds"],
];

test.each(REFUSED)("%j is refused", async (values, said) => {
  const { code, output } = await template({ values });
  expect(output).toContain(said);
  expect(code).not.toBe(0);
});

/** Budgets with the least number of pods that run, and whether a pod can go. */
const BUDGETS: readonly (readonly [budget: object, pods: number, allowed: boolean])[] = [
  [{ maxUnavailable: 1 }, 1, true],
  [{ maxUnavailable: "1%" }, 1, true],
  [{ maxUnavailable: 0 }, 3, false],
  [{ maxUnavailable: "0%" }, 3, false],
  [{ maxUnavailable: null, minAvailable: 1 }, 2, true],
  [{ maxUnavailable: null, minAvailable: 1 }, 1, false],
  [{ maxUnavailable: null, minAvailable: 5 }, 3, false],
  [{ maxUnavailable: null, minAvailable: "50%" }, 2, true],
  [{ maxUnavailable: null, minAvailable: "51%" }, 2, false],
  [{ maxUnavailable: null, minAvailable: "100%" }, 9, false],
];

describe.each([true, false])("with the HPA %s", (enabled) => {
  test.each(BUDGETS)(
    "a budget of %j with at least %i pods lets one go: %s",
    async (budget, pods, allowed) => {
      const { code, output } = await template({
        values: {
          replicaCount: enabled ? 20 : pods,
          autoscaling: { enabled, minReplicas: enabled ? pods : 20, maxReplicas: 20 },
          podDisruptionBudget: budget,
        },
      });
      if (!allowed) expect(output).toContain("would block every eviction");
      expect(code === 0).toBe(allowed);
    },
  );
});

test.each([
  [{ minAvailable: 1 }, "has both minAvailable and maxUnavailable"],
  [{ maxUnavailable: null }, "has neither minAvailable nor maxUnavailable"],
  [{ maxUnavailable: "half" }, "at '/podDisruptionBudget/maxUnavailable'"],
  [{ maxUnavailable: -1 }, "at '/podDisruptionBudget/maxUnavailable'"],
])("a budget of %j is refused", async (podDisruptionBudget, said) => {
  const { code, output } = await template({ values: { podDisruptionBudget } });
  expect(output).toContain(said);
  expect(code).not.toBe(0);
});
