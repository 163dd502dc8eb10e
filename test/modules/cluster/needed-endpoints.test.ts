import { endpointWarning } from "@groundplan/modules/cluster/needed-endpoints";

const NODES = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"];

test("with a way to the internet nothing is missing", () => {
  for (const nat of ["single", "per-az"])
    expect(endpointWarning({ nat, interfaceEndpoints: [] }, {})).toBeUndefined();
});

test("without one, what nodes need is listed, and nothing once it is there", () => {
  expect(endpointWarning({ nat: "none", interfaceEndpoints: ["sts"] }, {})).toContain(
    "no interface endpoint: ec2, ecr.api, ecr.dkr, eks, eks-auth. Without",
  );
  expect(endpointWarning({ nat: "none", interfaceEndpoints: NODES }, {})).toBeUndefined();
});

test.each([
  [{ loadBalancerController: true }, "elasticloadbalancing"],
  [{ nodeAutoscaler: "cluster-autoscaler" }, "autoscaling"],
  [{ nodeAutoscaler: "karpenter" }, "sqs, ssm"],
])("an add-on that calls AWS needs its own: %j", (addons, services) => {
  const network = { nat: "none", interfaceEndpoints: NODES };
  expect(endpointWarning(network, addons)).toContain(`no interface endpoint: ${services}.`);
  const all = { nat: "none", interfaceEndpoints: [...NODES, ...services.split(", ")] };
  expect(endpointWarning(all, addons)).toBeUndefined();
});

test("add-ons that a cluster names, and external-secrets, need what they call, each once", () => {
  const none = { nat: "none", interfaceEndpoints: ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"] };
  const said = endpointWarning(
    none,
    { nodeAutoscaler: "karpenter", externalSecrets: { secrets: ["a/*"], parameters: ["/a/*"] } },
    ["aws-efs-csi-driver", "amazon-cloudwatch-observability", "snapshot-controller"],
  );
  expect(said).toContain(": sqs, ssm, elasticfilesystem, logs, monitoring, secretsmanager.");
  expect(endpointWarning(none, { externalSecrets: {} }, ["snapshot-controller"])).toBeUndefined();
});
