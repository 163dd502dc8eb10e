import { addonNames } from "@groundplan/modules/addons";
import { SynthError } from "@groundplan/modules/core/errors";
import { type BridgeProps, bridgeSecret, IN_CLUSTER } from "@groundplan/modules/gitops";

const props: BridgeProps = {
  cluster: "groundplan-dev",
  environment: "dev",
  account: "123456789012",
  region: "us-east-1",
  vpcId: "vpc-0123456789abcdef0",
  addons: {
    metrics_server: { namespace: "kube-system", serviceAccount: "metrics-server" },
    external_dns: {
      namespace: "external-dns",
      serviceAccount: "external-dns",
      roleArn: "arn:aws:iam::123456789012:role/groundplan-dev-external-dns-us-east-1",
    },
  },
};

/** The message for a Secret with something changed. */
function faultOf(change: Partial<BridgeProps>): string {
  try {
    bridgeSecret({ ...props, ...change });
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
  return "";
}

const addon = (change: object): Partial<BridgeProps> => ({
  addons: { external_dns: { namespace: "external-dns", serviceAccount: "external-dns", ...change } },
});

test("it registers the cluster, and tells of add-ons by labels and of AWS by annotations", () => {
  expect(bridgeSecret(props)).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "groundplan-dev",
      namespace: "argocd",
      labels: {
        "argocd.argoproj.io/secret-type": "cluster",
        environment: "dev",
        enable_external_dns: "true",
        enable_metrics_server: "true",
      },
      annotations: {
        aws_account_id: "123456789012",
        aws_cluster_name: "groundplan-dev",
        aws_region: "us-east-1",
        aws_vpc_id: "vpc-0123456789abcdef0",
        external_dns_namespace: "external-dns",
        external_dns_service_account: "external-dns",
        external_dns_iam_role_arn: "arn:aws:iam::123456789012:role/groundplan-dev-external-dns-us-east-1",
        metrics_server_namespace: "kube-system",
        metrics_server_service_account: "metrics-server",
      },
    },
    type: "Opaque",
    stringData: {
      name: "groundplan-dev",
      server: IN_CLUSTER.server,
      config: '{"tlsClientConfig":{"insecure":false}}',
    },
  });
});

test("an add-on that is not enabled has no label, not even one that says false", () => {
  const labels = Object.keys(bridgeSecret({ ...props, addons: {} }).metadata.labels);
  expect(labels).toEqual(["argocd.argoproj.io/secret-type", "environment"]);
});

test("every add-on has a label that Kubernetes takes", () => {
  const facts = { namespace: "kube-system", serviceAccount: "a" };
  const all = Object.fromEntries(addonNames().map((name) => [name, facts]));
  const labels = Object.keys(bridgeSecret({ ...props, addons: all }).metadata.labels);
  expect(labels.filter((label) => label.startsWith("enable_"))).toHaveLength(addonNames().length);
});

test.each<[string, Partial<BridgeProps>, string]>([
  ["a label of 64 characters", { labels: { team: "a".repeat(64) } }, "(64 characters)"],
  ["a label that ends with a hyphen", { labels: { team: "a-" } }, 'label team is "a-"'],
  ["an environment with a slash", { environment: "dev/eu" }, 'label environment is "dev/eu"'],
  ["a label key with a space", { labels: { "a team": "x" } }, 'label key "a team"'],
  ["a label that is the bridge's own", { labels: { enable_karpenter: "true" } }, "is the bridge's own"],
  [
    "a label that unregisters the cluster",
    { labels: { "argocd.argoproj.io/secret-type": "repository" } },
    "is the bridge's own",
  ],
  ["an account of 11 digits", { account: "12345678901", addons: {} }, 'account is "12345678901"'],
  ["a Region that is none", { region: "us-east" }, 'region is "us-east"'],
  ["a VPC that is none", { vpcId: "subnet-0123456789abcdef0" }, 'vpcId is "subnet-0123456789abcdef0"'],
  ["a cluster's name in capitals", { cluster: "Groundplan" }, 'cluster is "Groundplan"'],
  ["an ARN of a policy", addon({ roleArn: "arn:aws:iam::123456789012:policy/x" }), "not the ARN of a role"],
  ["a role's name instead of its ARN", addon({ roleArn: "external-dns" }), "not the ARN of a role"],
  [
    "a role of another account",
    addon({ roleArn: "arn:aws:iam::210987654321:role/x" }),
    "a role of account 210987654321",
  ],
  [
    "a namespace with a dot",
    addon({ namespace: "external.dns" }),
    'namespace of external_dns is "external.dns"',
  ],
  [
    "a server without TLS",
    { connection: { ...IN_CLUSTER, server: "http://10.0.0.1" } },
    'connection.server is "http://10.0.0.1"',
  ],
  [
    "an authority that is ignored",
    { connection: { ...IN_CLUSTER, config: { tlsClientConfig: { insecure: true, caData: "Zm9v" } } } },
    "which ignores it",
  ],
])("%s is refused", (_, change, said) => {
  expect(faultOf(change)).toContain(said);
  expect(faultOf(change)).toMatch(/\n {2}at bridge Secret of ".*"\n {2}\S/);
});

test("an add-on that the bridge does not know is refused, where types do not", () => {
  const addons = { istio: { namespace: "istio", serviceAccount: "istio" } } as BridgeProps["addons"];
  expect(faultOf({ addons })).toContain('add-on "istio" is not one that the bridge knows');
});

test("a value that Terraform learns at apply is not judged", () => {
  const token = "${aws_iam_role.a.arn}";
  expect(faultOf({ vpcId: token, ...addon({ roleArn: token }) })).toBe("");
});

test("all faults are told at once", () => {
  const message = faultOf({ account: "1", region: "x", labels: { a: "-" } });
  for (const part of ["account is", "region is", "label a is", "external_dns"])
    expect(message).toContain(part);
});
