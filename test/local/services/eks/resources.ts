import type { Resources } from "../../configuration";

/** A trust policy for a service. */
export function trust(service: string, actions: readonly string[] = ["sts:AssumeRole"]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }],
  });
}

/** A VPC of two zones. */
export const NETWORK = {
  aws_vpc: { main: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } } },
  aws_subnet: {
    a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24", availability_zone: "us-east-1a" },
    b: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.1.0/24", availability_zone: "us-east-1b" },
  },
  aws_security_group: {
    control: { name: "control-plane", description: "control plane", vpc_id: "${aws_vpc.main.id}" },
  },
} as const satisfies Resources;

/** The roles of a cluster, its nodes, and its people. */
export const ROLES = {
  aws_iam_role: {
    cluster: { name: "cluster", assume_role_policy: trust("eks.amazonaws.com") },
    node: { name: "node", assume_role_policy: trust("ec2.amazonaws.com") },
    fargate: { name: "fargate", assume_role_policy: trust("eks-fargate-pods.amazonaws.com") },
    pod: {
      name: "pod",
      assume_role_policy: trust("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
    },
    admin: { name: "admin", path: "/people/", assume_role_policy: trust("ec2.amazonaws.com") },
    viewer: { name: "viewer", assume_role_policy: trust("ec2.amazonaws.com") },
  },
} as const satisfies Resources;

/** What changes of a cluster between two applies. */
export interface Shape {
  readonly version: string;
  readonly cidrs: readonly string[];
  readonly logs: readonly string[];
  readonly support: "STANDARD" | "EXTENDED";
  readonly max: number;
  readonly team: string;
  readonly coredns: string;
  readonly groups: readonly string[];
}

const SUBNETS = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"];

/** A cluster with everything that the provider knows of one. */
export function clusterResources(shape: Shape): Resources {
  const cluster_name = "${aws_eks_cluster.main.name}";
  const scope = (type: string, namespaces: readonly string[] = []) => ({
    access_scope: { type, namespaces },
  });
  return {
    ...NETWORK,
    ...ROLES,
    aws_kms_key: { secrets: { description: "secrets", deletion_window_in_days: 7 } },
    aws_eks_cluster: {
      main: {
        name: "main",
        role_arn: "${aws_iam_role.cluster.arn}",
        version: shape.version,
        enabled_cluster_log_types: shape.logs,
        bootstrap_self_managed_addons: false,
        access_config: {
          authentication_mode: "API",
          bootstrap_cluster_creator_admin_permissions: false,
        },
        encryption_config: {
          provider: { key_arn: "${aws_kms_key.secrets.arn}" },
          resources: ["secrets"],
        },
        upgrade_policy: { support_type: shape.support },
        vpc_config: {
          subnet_ids: SUBNETS,
          security_group_ids: ["${aws_security_group.control.id}"],
          endpoint_private_access: true,
          endpoint_public_access: shape.cidrs.length > 0,
          ...(shape.cidrs.length > 0 ? { public_access_cidrs: shape.cidrs } : {}),
        },
        tags: { Team: shape.team },
      },
    },
    aws_vpc_security_group_ingress_rule: {
      // Something that refers to the group that EKS makes.
      nodes: {
        security_group_id: "${aws_security_group.control.id}",
        referenced_security_group_id: "${aws_eks_cluster.main.vpc_config[0].cluster_security_group_id}",
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
      },
    },
    aws_launch_template: {
      nodes: {
        name: "nodes",
        update_default_version: true,
        metadata_options: {
          http_tokens: "required",
          http_put_response_hop_limit: 1,
          http_endpoint: "enabled",
        },
        vpc_security_group_ids: ["${aws_eks_cluster.main.vpc_config[0].cluster_security_group_id}"],
      },
    },
    aws_eks_node_group: {
      system: {
        cluster_name,
        node_group_name: "system",
        node_role_arn: "${aws_iam_role.node.arn}",
        subnet_ids: SUBNETS,
        version: shape.version,
        instance_types: ["m6i.large", "m6a.large"],
        ami_type: "AL2023_x86_64_STANDARD",
        scaling_config: { min_size: 1, max_size: shape.max, desired_size: 1 },
        update_config: { max_unavailable_percentage: 25 },
        launch_template: {
          id: "${aws_launch_template.nodes.id}",
          version: "${aws_launch_template.nodes.latest_version}",
        },
        labels: { pool: "system", team: shape.team },
        tags: { Team: shape.team },
      },
      spot: {
        cluster_name,
        node_group_name: "spot",
        node_role_arn: "${aws_iam_role.node.arn}",
        subnet_ids: SUBNETS,
        version: shape.version,
        capacity_type: "SPOT",
        disk_size: 50,
        scaling_config: { min_size: 0, max_size: shape.max, desired_size: 0 },
        taint: [{ key: "spot", value: shape.team, effect: "NO_SCHEDULE" }],
      },
    },
    aws_eks_fargate_profile: {
      jobs: {
        cluster_name,
        fargate_profile_name: "jobs",
        pod_execution_role_arn: "${aws_iam_role.fargate.arn}",
        subnet_ids: SUBNETS,
        selector: [{ namespace: "jobs", labels: { on: "fargate" } }],
      },
    },
    aws_eks_access_entry: {
      admin: { cluster_name, principal_arn: "${aws_iam_role.admin.arn}", kubernetes_groups: shape.groups },
      viewer: { cluster_name, principal_arn: "${aws_iam_role.viewer.arn}" },
    },
    aws_eks_access_policy_association: {
      admin: {
        cluster_name,
        principal_arn: "${aws_eks_access_entry.admin.principal_arn}",
        policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        ...scope("cluster"),
      },
      viewer: {
        cluster_name,
        principal_arn: "${aws_eks_access_entry.viewer.principal_arn}",
        policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        ...scope("namespace", ["default", "shop"]),
      },
    },
    aws_eks_addon: {
      cni: { cluster_name, addon_name: "vpc-cni", addon_version: "v1.21.1-eksbuild.1" },
      agent: { cluster_name, addon_name: "eks-pod-identity-agent" },
      dns: {
        cluster_name,
        addon_name: "coredns",
        addon_version: shape.coredns,
        configuration_values: JSON.stringify({ replicaCount: shape.max }),
        resolve_conflicts_on_create: "OVERWRITE",
        resolve_conflicts_on_update: "OVERWRITE",
        depends_on: ["aws_eks_node_group.system"],
      },
      ebs: {
        cluster_name,
        addon_name: "aws-ebs-csi-driver",
        addon_version: "v1.63.1-eksbuild.1",
        pod_identity_association: [
          { role_arn: "${aws_iam_role.pod.arn}", service_account: "ebs-csi-controller-sa" },
        ],
      },
    },
    aws_eks_pod_identity_association: {
      api: {
        cluster_name,
        namespace: "shop",
        service_account: "api",
        role_arn: "${aws_iam_role.pod.arn}",
        tags: { Team: shape.team },
      },
    },
    aws_iam_openid_connect_provider: {
      main: {
        url: "${aws_eks_cluster.main.identity[0].oidc[0].issuer}",
        client_id_list: ["sts.amazonaws.com"],
        thumbprint_list: ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
      },
    },
  };
}
