import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { partitionOf, SynthError } from "../core";
import { merged } from "../core/merge";
import { AccessEntries } from "./access";
import { Addons } from "./addons";
import { AUTO_NODE_POOLS } from "./auto-mode";
import { type ClusterProps, clusterFaults } from "./cluster-props";
import type { ClusterContract } from "./contract";
import { FargateProfiles } from "./fargate";
import { type ClusterAttributes, type ICluster, importedCluster } from "./imported-cluster";
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
export class Cluster extends Construct implements ICluster {
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

  /** A cluster that is there already. @throws SynthError with every fault of the attributes. */
  static fromClusterAttributes(attributes: ClusterAttributes): ICluster {
    return importedCluster(attributes);
  }

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
      autoMode: props.compute === "auto",
      fargate: Object.keys(props.fargateProfiles ?? {}).length > 0,
      ...(key === undefined ? {} : { secretsKeyArn: key }),
    });
    const groups = new ClusterSecurityGroups(this, "security-groups", {
      clusterName: props.name,
      vpcId: props.vpcId,
      ownNodes: props.compute !== "auto",
    });
    const cluster = this.cluster(roles, groups, key);
    // Nodes of Auto Mode have the group that EKS makes.
    const nodeSecurityGroupId = groups.nodes?.id ?? cluster.vpcConfig.clusterSecurityGroupId;
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
      optional: props.optionalAddons ?? [],
      settings: addonSettings(props, nodeSecurityGroupId),
      // Auto Mode has them of its own.
      every: props.compute !== "auto",
      cluster,
    });
    const keyed = new Construct(this, "node-groups");
    this.nodeGroups = new Map(
      Object.entries(props.nodeGroups).map(([name, { zones, subnets, ...group }]) => [
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
          subnetIds: subnetsOf(
            subnets ?? props.subnets,
            zones ?? (subnets ? Object.keys(subnets) : props.zones),
          ),
          securityGroupId: nodeSecurityGroupId,
          roleArn: roles.nodes.role.arn,
          tags: props.tags ?? {},
          cluster: {
            endpoint: cluster.endpoint,
            certificateAuthority: cluster.certificateAuthority.get(0).data,
            serviceCidr: cluster.kubernetesNetworkConfig.serviceIpv4Cidr,
          },
          dependsOn: [...roles.nodes.policies, ...addons.beforeNodes, ...groups.rules],
        }),
      ]),
    );
    if (roles.fargate) {
      groups.connectPrimary(cluster.vpcConfig.clusterSecurityGroupId);
      const profiles = Object.entries(props.fargateProfiles ?? {}).map(([name, profile]) => [
        name,
        { ...profile, subnetIds: subnetsOf(props.subnets, profile.zones ?? props.zones) },
      ]);
      new FargateProfiles(this, "fargate", {
        clusterName: cluster.name,
        profiles: Object.fromEntries(profiles),
        roleArn: roles.fargate.role.arn,
        dependsOn: [...roles.fargate.policies, ...groups.rules],
      });
    }
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
      nodeSecurityGroupId,
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
      // The three are turned on together, or not at all.
      ...(props.compute === "auto"
        ? {
            computeConfig: {
              enabled: true,
              nodePools: [...AUTO_NODE_POOLS],
              nodeRoleArn: roles.nodes.role.arn,
            },
            kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
            storageConfig: { blockStorage: { enabled: true } },
          }
        : {}),
      ...(key === undefined
        ? {}
        : { encryptionConfig: { provider: { keyArn: key }, resources: ["secrets"] } }),
      tags: { Name: props.name },
      dependsOn: [
        logGroup,
        ...roles.cluster.policies,
        ...(props.compute === "auto" ? roles.nodes.policies : []),
        ...(props.dependsOn ?? []),
      ],
    });
  }
}

/** The subnets of zones, by the zones' letters. */
function subnetsOf(subnets: Readonly<Record<string, string>>, zones: readonly string[]): string[] {
  return [...zones].sort().flatMap((zone) => subnets[zone] ?? []);
}

/** What a team says of the add-ons, with what prefixes and subnets of pods ask of the VPC CNI. */
function addonSettings(props: ClusterProps, nodeSecurityGroupId: string) {
  const { addonSettings: settings = {}, prefixDelegation = false, podSubnets, region } = props;
  if (!prefixDelegation && podSubnets === undefined) return settings;
  const cni = settings["vpc-cni"] ?? {};
  const own = {
    env: {
      // One prefix is held ready: else each node takes two at once, which small subnets do not have.
      ...(prefixDelegation ? { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" } : {}),
      ...(podSubnets
        ? {
            AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
            ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
          }
        : {}),
    },
    // An ENIConfig for each zone, by its name.
    ...(podSubnets
      ? {
          eniConfig: {
            create: true,
            region,
            subnets: Object.fromEntries(
              Object.entries(podSubnets).map(([zone, id]) => [
                zone,
                { id, securityGroups: [nodeSecurityGroupId] },
              ]),
            ),
          },
        }
      : {}),
  };
  return { ...settings, "vpc-cni": merged(own, cni) };
}
