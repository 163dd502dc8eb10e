import { createHash } from "node:crypto";
import { type AddonSettings, addonRoleName, enabledAddons } from "@groundplan/modules/addons";
import type { PolicyStatement } from "@groundplan/modules/core/policy";
import { cluster } from "./cluster";

const everything: AddonSettings = {
  loadBalancerController: true,
  nodeAutoscaler: "karpenter",
  metricsServer: true,
  externalDns: { "dev.example.com": "Z0123456789ABCDEFGHIJ" },
  argoRollouts: true,
  kubePrometheusStack: true,
  certManager: { "dev.example.com": "Z0123456789ABCDEFGHIJ" },
  externalSecrets: {
    secrets: ["groundplan/dev/*", "shared/token"],
    parameters: ["/groundplan/dev/apps/*"],
    keys: ["arn:aws:kms:us-east-1:123456789012:key/0123"],
  },
  kyverno: true,
};
const addons = [
  ...enabledAddons(cluster, everything),
  ...enabledAddons(cluster, { ...everything, nodeAutoscaler: "cluster-autoscaler" }),
];

function statements(name: string): readonly PolicyStatement[] {
  const addon = addons.find((one) => one.name === name);
  if (!addon) throw new Error(`${name} is not enabled`);
  return Object.values(addon.policies).flat();
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

/** A JSON text that is the same for the same policy: no Sids, lists and keys sorted. */
function canonical(all: readonly PolicyStatement[]): string {
  const sorted = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
  };
  return JSON.stringify(
    all.map(({ Sid: _, Action, Resource, ...rest }) =>
      sorted({ ...rest, Action: [...list(Action)].sort(), Resource: [...list(Resource)].sort() }),
    ),
  );
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** SHA-256 of the canonical form of docs/install/iam_policy.json of the Load Balancer Controller's tag v3.5.0. */
const PUBLISHED = "9a3270f0306a9558b686d9e13dde0459f788ddc785f2e1458f69e261c7452c1a";

test("the Load Balancer Controller has its published policy, statement by statement", () => {
  const all = statements("aws_load_balancer_controller");
  expect(all).toHaveLength(16);
  expect(digest(canonical(all))).toBe(PUBLISHED);
});

test("one action more, or one condition less, is another policy", () => {
  const all = statements("aws_load_balancer_controller");
  const [first, ...rest] = all;
  if (!first) throw new Error("no statement");
  const more = [{ ...first, Action: [...list(first.Action), "iam:PassRole"] }, ...rest];
  const { Condition: _, ...open } = first;
  expect(digest(canonical(more))).not.toBe(PUBLISHED);
  expect(digest(canonical([open, ...rest]))).not.toBe(PUBLISHED);
});

test("in GovCloud its ARNs are those of that partition", () => {
  const gov = enabledAddons(
    { ...cluster, region: "us-gov-west-1" },
    { ...everything, externalSecrets: {}, nodeAutoscaler: "none" },
  );
  const text = JSON.stringify(gov.map(({ policies }) => policies));
  expect(text).toContain("arn:aws-us-gov:ec2:");
  expect(text).not.toContain("arn:aws:");
});

test("no statement allows every action of a service", () => {
  for (const { policies } of addons) {
    for (const { Action } of Object.values(policies).flat()) {
      for (const action of list(Action)) expect(action).not.toMatch(/\*/);
    }
  }
});

/** Characters without white space that the inline policies of one role may have together. */
const INLINE_LIMIT = 10_240;

test("the policies of each role fit into it", () => {
  for (const { policies } of addons) {
    const size = Object.values(policies)
      .map((Statement) => JSON.stringify({ Version: "2012-10-17", Statement }).replace(/\s/g, "").length)
      .reduce((sum, length) => sum + length, 0);
    expect(size).toBeLessThan(INLINE_LIMIT);
  }
});

/** Actions that change something, without a resource or a condition that holds them to the cluster's own. */
function unbounded(all: readonly PolicyStatement[]): readonly string[] {
  return all
    .filter(({ Resource, Condition }) => list(Resource).includes("*") && Condition === undefined)
    .flatMap(({ Action }) => list(Action))
    .filter((action) => !/:(?:Describe|List|Get)/.test(action));
}

test.each(["cert_manager", "cluster_autoscaler", "external_dns", "external_secrets", "karpenter"])(
  "%s changes only what is the cluster's own",
  (name) => {
    expect(unbounded(statements(name))).toEqual([]);
  },
);

test("an action that changes everybody's resources is found", () => {
  expect(unbounded([{ Effect: "Allow", Action: "autoscaling:SetDesiredCapacity", Resource: "*" }])).toEqual([
    "autoscaling:SetDesiredCapacity",
  ]);
});

test("external-dns writes into its zones and no others", () => {
  const [records] = statements("external_dns");
  expect(records?.Resource).toEqual(["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]);
});

test("cert-manager writes challenges into its zones, and nothing without any", () => {
  const write = statements("cert_manager").find(({ Sid }) => Sid === "WriteChallenges");
  expect(write?.Resource).toEqual(["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"]);
  expect(write?.Condition).toMatchObject({
    "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
    "ForAllValues:StringLike": {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"],
    },
  });
  // All of no values are as said: each key is to be there.
  expect(Object.keys(write?.Condition?.Null ?? {}).sort()).toEqual(
    Object.keys({
      ...write?.Condition?.["ForAllValues:StringEquals"],
      ...write?.Condition?.["ForAllValues:StringLike"],
    }).sort(),
  );
  const [plain] = enabledAddons(cluster, { certManager: true });
  expect(plain?.policies).toEqual({});
});

test("external-secrets reads what the overlay names, and writes nothing", () => {
  const all = statements("external_secrets");
  const arn = (rest: string) => `arn:aws:${rest}`;
  expect(all.map(({ Resource }) => Resource)).toEqual([
    [
      arn("secretsmanager:us-east-1:123456789012:secret:groundplan/dev/*"),
      arn("secretsmanager:us-east-1:123456789012:secret:shared/token-??????"),
    ],
    [arn("ssm:us-east-1:123456789012:parameter/groundplan/dev/apps/*")],
    [arn("kms:us-east-1:123456789012:key/0123")],
  ]);
  const writes = all
    .flatMap(({ Action }) => list(Action))
    .filter((one) => !/:(?:Get|List|Describe|Decrypt)/.test(one));
  expect(writes).toEqual([]);
  expect(enabledAddons(cluster, { externalSecrets: {} })).toEqual([]);
});

test("the autoscaler resizes the cluster's groups, and is of the cluster's minor", () => {
  const resize = statements("cluster_autoscaler").find(({ Sid }) => Sid === "ResizeOwnGroups");
  expect(resize?.Condition).toEqual({
    StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/groundplan-dev": "owned" },
  });
  const autoscaler = addons.find(({ name }) => name === "cluster_autoscaler");
  expect(autoscaler?.values).toMatchObject({ image: { tag: "v1.35.0" } });
});

test("roles are named after the cluster, the add-on and the Region, and cut to fit", () => {
  expect(addonRoleName(cluster, "external_dns")).toBe("groundplan-dev-external-dns-us-east-1");
  const long = addonRoleName({ ...cluster, clusterName: "a".repeat(37) }, "aws_load_balancer_controller");
  expect(long).toHaveLength(64);
});
