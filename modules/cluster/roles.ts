import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { type PolicyStatement, partitionOf, policyDocument } from "../core";
import { cacheStatements } from "../registry/cache-access";
import { type ClusterRoleId, clusterRoleName } from "./role-names";

/** Properties of the roles of a cluster. */
export interface ClusterRolesProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** ARN of the cluster. */
  readonly clusterArn: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Key that encrypts secrets, if there is one. */
  readonly secretsKeyArn?: string;

  /** Prefixes of the registry's caches that the nodes fill by their first pulls. */
  readonly cachePrefixes: readonly string[];

  /** Whether EKS Auto Mode starts the nodes. */
  readonly autoMode: boolean;

  /** Whether pods run on Fargate. */
  readonly fargate: boolean;
}

/** What the control plane may do beside for Auto Mode: start nodes, make volumes, load balancers and network interfaces. */
const AUTO_MODE_POLICIES = [
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];

/** A role and the policies that whoever uses it waits for. */
interface Role {
  readonly role: IamRole;
  readonly policies: readonly (IamRolePolicy | IamRolePolicyAttachment)[];
}

/** The role of the control plane, of the nodes, and of those who administer the cluster. */
export class ClusterRoles extends Construct {
  /** @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html */
  readonly cluster: Role;

  /** @see https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
  readonly nodes: Role;

  /** By which Fargate pulls the images of pods; undefined without any there. */
  readonly fargate: Role | undefined;

  /** For people and pipelines that administer the cluster: its access entry makes it one. */
  readonly admin: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterRolesProps,
  ) {
    super(scope, id);
    const { account, clusterArn, secretsKeyArn } = props;
    this.cluster = this.role("cluster", {
      purpose: "control plane",
      // Only for this cluster: another account cannot make EKS act here.
      trust: {
        ...serviceTrust("eks.amazonaws.com"),
        // Auto Mode tags its sessions with the cluster, by which its policies bound it.
        ...(props.autoMode ? { Action: ["sts:AssumeRole", "sts:TagSession"] } : {}),
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnEquals: { "aws:SourceArn": clusterArn },
        },
      },
      managed: ["AmazonEKSClusterPolicy", ...(props.autoMode ? AUTO_MODE_POLICIES : [])],
      inline: secretsKeyArn === undefined ? {} : { "encrypt-secrets": [useKey(secretsKeyArn)] },
    });
    this.nodes = this.role("nodes", {
      purpose: "nodes",
      trust: serviceTrust("ec2.amazonaws.com"),
      // No policy of the VPC CNI: it has a role of its own by Pod Identity. SSM takes the place of SSH.
      // Nodes of Auto Mode have neither SSH nor SSM.
      managed: props.autoMode
        ? ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]
        : ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"],
      // Karpenter's nodes have this role too.
      inline:
        props.cachePrefixes.length === 0
          ? {}
          : { "fill-caches": cacheStatements(props.cachePrefixes, props) },
    });
    this.fargate = props.fargate
      ? this.role("fargate", {
          purpose: "pods on Fargate",
          trust: {
            ...serviceTrust("eks-fargate-pods.amazonaws.com"),
            Condition: {
              StringEquals: { "aws:SourceAccount": account },
              ArnLike: { "aws:SourceArn": `${clusterArn.replace(":cluster/", ":fargateprofile/")}/*` },
            },
          },
          managed: ["AmazonEKSFargatePodExecutionRolePolicy"],
        })
      : undefined;
    this.admin = this.role("admin", {
      purpose: "administrators",
      // IAM policies of the account say who may assume it.
      trust: {
        Effect: "Allow",
        Principal: { AWS: `arn:${partitionOf(props.region)}:iam::${account}:root` },
        Action: "sts:AssumeRole",
      },
      inline: {
        "describe-cluster": [{ Effect: "Allow", Action: "eks:DescribeCluster", Resource: clusterArn }],
      },
    });
  }

  private role(
    id: ClusterRoleId,
    spec: {
      readonly purpose: string;
      readonly trust: PolicyStatement;
      readonly managed?: readonly string[];
      readonly inline?: Readonly<Record<string, readonly PolicyStatement[]>>;
    },
  ): Role {
    const { clusterName, region } = this.props;
    const scope = new Construct(this, id);
    const name = clusterRoleName(clusterName, id, region);
    const role = new IamRole(scope, "role", {
      name,
      description: `EKS cluster ${clusterName}: ${spec.purpose}`,
      assumeRolePolicy: policyDocument([spec.trust]),
      tags: { Name: name },
    });
    const attached = (spec.managed ?? []).map(
      (policy) =>
        new IamRolePolicyAttachment(scope, policy, {
          role: role.name,
          policyArn: `arn:${partitionOf(region)}:iam::aws:policy/${policy}`,
        }),
    );
    const written = Object.entries(spec.inline ?? {}).map(
      ([policy, statements]) =>
        new IamRolePolicy(scope, policy, {
          name: policy,
          role: role.name,
          policy: policyDocument(statements),
        }),
    );
    return { role, policies: [...attached, ...written] };
  }
}

function serviceTrust(service: string): PolicyStatement {
  return { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
}

function useKey(keyArn: string): PolicyStatement {
  return {
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"],
    Resource: keyArn,
  };
}
