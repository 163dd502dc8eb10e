import { invalid } from "./error";
import { type Operation, page } from "./operation";
import { minors } from "./versions";

/** An add-on that EKS offers. */
interface Addon {
  readonly type: string;

  /** Service accounts of it that need rights at AWS, with the policies that AWS recommends for each. */
  readonly identities?: readonly { readonly serviceAccount: string; readonly policy: string }[];
  readonly namespace?: string;

  /** Builds, newest first: for every Kubernetes version, or for each. */
  readonly versions: readonly string[] | Readonly<Record<string, readonly string[]>>;
}

/**
 * The add-ons that are played, with a newer and an older build of each. A newer version than these is taken too
 * when it has their form, since AWS publishes builds every week.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
 */
const ADDONS: Readonly<Record<string, Addon>> = {
  "vpc-cni": {
    type: "networking",
    identities: [{ serviceAccount: "aws-node", policy: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" }],
    versions: ["v1.22.4-eksbuild.3", "v1.21.1-eksbuild.1", "v1.20.5-eksbuild.1"],
  },
  coredns: {
    type: "networking",
    versions: {
      "1.31": ["v1.11.4-eksbuild.40", "v1.11.4-eksbuild.24"],
      "1.32": ["v1.11.4-eksbuild.40", "v1.11.4-eksbuild.24"],
      "1.33": ["v1.12.4-eksbuild.18", "v1.12.4-eksbuild.1"],
      "1.34": ["v1.13.2-eksbuild.11", "v1.12.4-eksbuild.1"],
      "1.35": ["v1.14.3-eksbuild.3", "v1.13.2-eksbuild.1"],
      "1.36": ["v1.14.3-eksbuild.3", "v1.14.3-eksbuild.1"],
    },
  },
  "kube-proxy": {
    type: "networking",
    versions: {
      "1.31": ["v1.31.14-eksbuild.2"],
      "1.32": ["v1.32.13-eksbuild.16", "v1.32.9-eksbuild.2"],
      "1.33": ["v1.33.10-eksbuild.13", "v1.33.5-eksbuild.2"],
      "1.34": ["v1.34.6-eksbuild.13", "v1.34.1-eksbuild.2"],
      "1.35": ["v1.35.3-eksbuild.13", "v1.35.0-eksbuild.2"],
      "1.36": ["v1.36.0-eksbuild.14", "v1.36.0-eksbuild.2"],
    },
  },
  "eks-pod-identity-agent": {
    type: "security",
    versions: ["v1.3.10-eksbuild.3", "v1.3.10-eksbuild.2", "v1.3.9-eksbuild.3"],
  },
  "aws-ebs-csi-driver": {
    type: "storage",
    identities: [
      {
        serviceAccount: "ebs-csi-controller-sa",
        policy: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
      },
    ],
    versions: ["v1.63.1-eksbuild.1", "v1.53.0-eksbuild.1"],
  },
  "aws-efs-csi-driver": {
    type: "storage",
    identities: [
      {
        serviceAccount: "efs-csi-controller-sa",
        policy: "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy",
      },
    ],
    versions: ["v3.4.1-eksbuild.1", "v2.1.15-eksbuild.1"],
  },
  "snapshot-controller": { type: "storage", versions: ["v8.6.0-eksbuild.4", "v8.3.0-eksbuild.1"] },
  "metrics-server": { type: "observability", versions: ["v0.8.0-eksbuild.6", "v0.8.0-eksbuild.2"] },
  "kube-state-metrics": {
    type: "observability",
    namespace: "kube-state-metrics",
    versions: ["v2.17.0-eksbuild.4", "v2.16.0-eksbuild.1"],
  },
  "amazon-cloudwatch-observability": {
    type: "observability",
    namespace: "amazon-cloudwatch",
    identities: [
      { serviceAccount: "cloudwatch-agent", policy: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy" },
    ],
    versions: ["v5.4.0-eksbuild.1", "v4.7.0-eksbuild.1"],
  },
  "eks-node-monitoring-agent": {
    type: "observability",
    versions: ["v1.7.0-eksbuild.1", "v1.4.2-eksbuild.1"],
  },
  "external-dns": {
    type: "networking",
    namespace: "external-dns",
    identities: [
      { serviceAccount: "external-dns", policy: "arn:aws:iam::aws:policy/AmazonRoute53FullAccess" },
    ],
    versions: ["v0.19.0-eksbuild.2", "v0.18.0-eksbuild.1"],
  },
};

/** The form of every version of AWS's own add-ons. */
const BUILD = /^v(\d+)\.(\d+)\.\d+-eksbuild\.\d+$/;

/** Versions of an add-on for a minor of Kubernetes, newest first. */
function versionsOf(name: string, minor: string): readonly string[] {
  const { versions } = addonOf(name);
  return isList(versions) ? versions : (versions[minor] ?? []);
}

function isList(versions: Addon["versions"]): versions is readonly string[] {
  return Array.isArray(versions);
}

/** @throws EksError for an add-on that is not offered. */
export function addonOf(name: string): Addon {
  const addon = Object.hasOwn(ADDONS, name) ? ADDONS[name] : undefined;
  if (addon) return addon;
  throw invalid(`Addon ${name} specified is not supported`, { addonName: name });
}

/** The version that an add-on gets which is asked for none. */
export function defaultVersionOf(name: string, minor: string): string {
  const versions = versionsOf(name, minor);
  return versions.at(1) ?? versions[0] ?? "";
}

/** @throws EksError for a version that does not serve a minor of Kubernetes. */
export function requireVersion(name: string, version: string, minor: string): void {
  addonOf(name);
  const fault = invalid(
    `Addon version specified is not supported: ${name} ${version} with Kubernetes ${minor}, use e.g. ${versionsOf(name, minor)[0] ?? ""}`,
    { addonName: name },
  );
  const [, major, own] = BUILD.exec(version) ?? [];
  if (own === undefined) throw fault;
  // kube-proxy has the version of its node: never newer than the control plane, and at most three behind it.
  if (name !== "kube-proxy") return;
  const behind = Number(minor.split(".")[1]) - Number(own);
  if (major !== "1" || behind < 0 || behind > 3) throw fault;
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html */
export const addonVersions: Readonly<Record<string, Operation>> = {
  "GET /addons/supported-versions": ({ query }) => {
    const asked = query.get("addonName");
    const minor = query.get("kubernetesVersion");
    const types = query.getAll("types");
    const names = Object.keys(ADDONS)
      .filter((name) => asked === null || name === asked)
      .filter((name) => types.length === 0 || types.includes(addonOf(name).type));
    const { items, ...next } = page(names, query);
    return { addons: items.map((name) => described(name, minor === null ? minors() : [minor])), ...next };
  },

  "GET /addons/configuration-schemas": ({ query }) => {
    const addonName = query.get("addonName") ?? "";
    const addonVersion = query.get("addonVersion") ?? "";
    const { identities = [] } = addonOf(addonName);
    if (!BUILD.test(addonVersion)) throw invalid("Addon version specified is not supported", { addonName });
    return {
      addonName,
      addonVersion,
      // AWS's schemas are not kept here: this one lets every object through.
      configurationSchema: JSON.stringify({
        $schema: "http://json-schema.org/draft-06/schema#",
        type: "object",
      }),
      podIdentityConfiguration: identities.map(({ serviceAccount, policy }) => ({
        serviceAccount,
        recommendedManagedPolicies: [policy],
      })),
    };
  },
};

function described(name: string, served: readonly string[]): object {
  const { type, identities = [], namespace = "kube-system" } = addonOf(name);
  const all = new Set(served.flatMap((minor) => versionsOf(name, minor)));
  return {
    addonName: name,
    type,
    publisher: "eks",
    owner: "aws",
    defaultNamespace: namespace,
    addonVersions: [...all].map((addonVersion) => ({
      addonVersion,
      architecture: ["amd64", "arm64"],
      computeTypes: ["ec2"],
      requiresConfiguration: false,
      requiresIamPermissions: identities.length > 0,
      compatibilities: served
        .filter((minor) => versionsOf(name, minor).includes(addonVersion))
        .map((clusterVersion) => ({
          clusterVersion,
          platformVersions: ["*"],
          defaultVersion: defaultVersionOf(name, clusterVersion) === addonVersion,
        })),
    })),
  };
}

/** Where an add-on runs. */
export function namespaceOf(name: string): string {
  return addonOf(name).namespace ?? "kube-system";
}

/** Service accounts of an add-on that take a role. */
export function serviceAccountsOf(name: string): readonly string[] {
  return (addonOf(name).identities ?? []).map(({ serviceAccount }) => serviceAccount);
}
