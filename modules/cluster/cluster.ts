import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { partitionOf, SynthError } from "../core";
import type { PodIdentityCluster } from "../identity";
import { AccessEntries } from "./access";
import { Addons } from "./addons";
import { type ClusterProps, clusterFaults } from "./cluster-props";
import type { ClusterContract } from "./contract";
import { clusterLogGroup } from "./log-group";
import { LOG_TYPES } from "./log-types";
import { NodeGroup } from "./node-group";
import { nodeGroupWarnings } from "./node-group-faults";
import { oidcProvider } from "./oidc";
import { ClusterRoles } from "./roles";
import { secretsKeyArn } from "./secrets-key";
import { ClusterSecurityGroups } from "./security-groups";
import { isKubernetesVersion, supportWarning } from "./versions";

/**
 * An EKS cluster with its nodes, add-ons, and the roles and rules that these need.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/what-is-eks.html
 */
export class Cluster extends Construct implements PodIdentityCluster {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** ARN of the cluster, known before it is made. */
  readonly clusterArn: string;

  /** AWS account of the cluster, 12 digits. */
  readonly account: string;

  /** What the cluster tells others. */
  readonly contract: ClusterContract;

  /** What makes the admin role one: whoever administers the cluster in the same stack depends on it. */
  readonly adminAccess: readonly ITerraformDependable[];

  /** Groups of nodes by name. */
  readonly nodeGroups: ReadonlyMap<string, NodeGroup>;

  /** @throws SynthError with every fault of the properties. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterProps,
  ) {
    super(scope, id);
    const faults = clusterFaults(props);
    const { kubernetesVersion: version, account, region } = props;
    if (faults.length > 0 || !isKubernetesVersion(version)) throw new SynthError(this, faults);
    const warning = supportWarning(version, props.today ?? new Date());
    const warnings = Object.entries(props.nodeGroups).flatMap(([name, group]) =>
      nodeGroupWarnings(name, group),
    );
    for (const text of warning === undefined ? warnings : [warning, ...warnings]) {
      Annotations.of(this).addWarning(text);
    }

    // Written and not read from the resource: the roles that name it stand before the cluster.
    const partition = partitionOf(region);
    this.clusterArn = `arn:${partition}:eks:${region}:${account}:cluster/${props.name}`;
    this.clusterName = props.name;
    this.account = account;
    const place = { clusterName: props.name, clusterArn: this.clusterArn, account, region };

    const key = this.secretsKey();
    const roles = new ClusterRoles(this, "roles", {
      ...place,
      cachePrefixes: props.cachePrefixes ?? [],
      ...(key === undefined ? {} : { secretsKeyArn: key }),
    });
    const groups = new ClusterSecurityGroups(this, "security-groups", {
      clusterName: props.name,
      vpcId: props.vpcId,
    });
    const cluster = this.cluster(roles, groups, key);
    const access = new AccessEntries(this, "access", {
      clusterName: cluster.name,
      partition,
      entries: {
        admin: { principalArn: roles.admin.role.arn, policies: { AmazonEKSClusterAdminPolicy: "*" } },
        ...props.access,
      },
    });
    const addons = new Addons(this, "addons", {
      ...place,
      kubernetesVersion: version,
      versions: props.addonVersions ?? {},
      settings: addonSettings(props),
      cluster,
    });
    const keyed = new Construct(this, "node-groups");
    this.nodeGroups = new Map(
      Object.entries(props.nodeGroups).map(([name, { zones, ...group }]) => [
        name,
        new NodeGroup(keyed, name, {
          diskGb: props.diskGb ?? 50,
          ...group,
          name,
          clusterName: props.name,
          // Read from the cluster: the nodes follow once it has its version.
          version: cluster.version,
          kubernetesVersion: version,
          prefixDelegation: props.prefixDelegation ?? false,
          subnetIds: subnetsOf(props.subnets, zones ?? props.zones),
          securityGroupId: groups.nodes.id,
          roleArn: roles.nodes.role.arn,
          tags: props.tags ?? {},
          dependsOn: [...roles.nodes.policies, ...addons.beforeNodes, ...groups.rules],
        }),
      ]),
    );
    addons.addAfterNodes([...this.nodeGroups.values()].map((group) => group.resource));

    const oidc = oidcProvider(this, props.name, cluster.identity.get(0).oidc.get(0).issuer);
    this.contract = {
      name: cluster.name,
      arn: cluster.arn,
      endpoint: cluster.endpoint,
      certificateAuthorityData: cluster.certificateAuthority.get(0).data,
      kubernetesVersion: cluster.version,
      oidcProviderArn: oidc.arn,
      oidcIssuer: oidc.issuer,
      clusterSecurityGroupId: groups.cluster.id,
      nodeSecurityGroupId: groups.nodes.id,
      nodeRoleArn: roles.nodes.role.arn,
      nodeRoleName: roles.nodes.role.name,
      adminRoleArn: roles.admin.role.arn,
    };
    this.adminAccess = [...(access.resources.get("admin") ?? []), ...roles.admin.policies];
  }

  private secretsKey(): string | undefined {
    const {
      name: clusterName,
      account,
      region,
      secretsEncryption = "own",
      keyDeletionDays = 30,
    } = this.props;
    if (secretsEncryption === "aws") return undefined;
    return secretsKeyArn(this, { clusterName, account, region, deletionDays: keyDeletionDays });
  }

  private cluster(roles: ClusterRoles, groups: ClusterSecurityGroups, key: string | undefined): EksCluster {
    const { props } = this;
    const { logTypes = LOG_TYPES, logRetentionDays = 30, publicEndpointCidrs: open = [] } = props;
    const logGroup = clusterLogGroup(this, props.name, logRetentionDays);
    return new EksCluster(this, "cluster", {
      name: props.name,
      version: props.kubernetesVersion,
      roleArn: roles.cluster.role.arn,
      // Who creates the cluster gets in by an entry that is written out, like everybody: EKS's own implicit one drifts.
      accessConfig: {
        authenticationMode: props.authenticationMode ?? "API",
        bootstrapClusterCreatorAdminPermissions: false,
      },
      // The add-ons are resources here, of versions that are written down.
      bootstrapSelfManagedAddons: false,
      upgradePolicy: { supportType: props.upgradePolicy ?? "STANDARD" },
      ...(logTypes.length === 0 ? {} : { enabledClusterLogTypes: [...logTypes] }),
      vpcConfig: {
        subnetIds: subnetsOf(props.controlPlaneSubnets ?? props.subnets, props.zones),
        securityGroupIds: [groups.cluster.id],
        endpointPrivateAccess: true,
        endpointPublicAccess: open.length > 0,
        ...(open.length > 0 ? { publicAccessCidrs: [...open] } : {}),
      },
      ...(key === undefined
        ? {}
        : { encryptionConfig: { provider: { keyArn: key }, resources: ["secrets"] } }),
      tags: { Name: props.name },
      dependsOn: [logGroup, ...roles.cluster.policies, ...(props.dependsOn ?? [])],
    });
  }
}

/** The subnets of zones, by the zones' letters. */
function subnetsOf(subnets: Readonly<Record<string, string>>, zones: readonly string[]): string[] {
  return [...zones].sort().flatMap((zone) => subnets[zone] ?? []);
}

/** What a team says of the add-ons, with what prefixes ask of the VPC CNI. */
function addonSettings({ addonSettings: settings = {}, prefixDelegation = false }: ClusterProps) {
  if (!prefixDelegation) return settings;
  const cni = (settings["vpc-cni"] ?? {}) as { readonly env?: object };
  // One prefix is held ready: else each node takes two at once, which small subnets do not have.
  const env = { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1", ...cni.env };
  return { ...settings, "vpc-cni": { ...cni, env } };
}
