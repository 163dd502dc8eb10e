import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

/** Properties of {@link ClusterSecurityGroups}. */
export interface ClusterSecurityGroupsProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** Id of the cluster's VPC. */
  readonly vpcId: string;

  /** Whether the nodes have a group of their own; those of Auto Mode have the one that EKS makes for the cluster. */
  readonly ownNodes: boolean;
}

/** Protocol and ports of a rule; without ports, all of them. */
interface Ports {
  readonly ipProtocol: "tcp" | "-1";
  readonly fromPort?: number;
  readonly toPort?: number;
}

const HTTPS: Ports = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };

/** Kubelets (10250), webhooks and metrics: most of what the API calls on nodes and pods. */
const UNPRIVILEGED: Ports = { ipProtocol: "tcp", fromPort: 1025, toPort: 65535 };

const ALL: Ports = { ipProtocol: "-1" };

/**
 * Who may talk to whom in a cluster: the nodes to the API, the API to the nodes, the nodes among themselves, both
 * outwards. Each rule is a resource of its own, so that others can add theirs without a fight over one list.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
 */
export class ClusterSecurityGroups extends Construct {
  /** Group of the control plane's network interfaces. */
  readonly cluster: SecurityGroup;

  /** Group of the nodes; none with Auto Mode. */
  readonly nodes: SecurityGroup | undefined;

  /** The rules: without them a node reaches neither the API nor its images. */
  readonly rules: (VpcSecurityGroupEgressRule | VpcSecurityGroupIngressRule)[] = [];

  constructor(scope: Construct, id: string, { clusterName, vpcId, ownNodes }: ClusterSecurityGroupsProps) {
    super(scope, id);
    this.cluster = new SecurityGroup(this, "cluster", {
      name: `${clusterName}-cluster`,
      description: `Kubernetes API of ${clusterName}`,
      vpcId,
      tags: { Name: `${clusterName}-cluster` },
    });
    this.egress("cluster-to-all", this.cluster, "API to nodes, webhooks and issuers");
    this.nodes = ownNodes ? this.nodeGroup(clusterName, vpcId) : undefined;
  }

  /** The nodes' group, with what it and the cluster's let in. */
  private nodeGroup(clusterName: string, vpcId: string): SecurityGroup {
    const nodes = new SecurityGroup(this, "nodes", {
      name: `${clusterName}-nodes`,
      description: `Nodes of ${clusterName}`,
      vpcId,
      tags: {
        Name: `${clusterName}-nodes`,
        // By this tag the load balancer controller finds the one group that it adds its rules to.
        [`kubernetes.io/cluster/${clusterName}`]: "owned",
      },
    });
    this.ingress("cluster-from-nodes", this.cluster, nodes, HTTPS, "Nodes and pods to the API");
    this.ingress("nodes-from-nodes", nodes, nodes, ALL, "Nodes and pods among themselves");
    this.ingress("nodes-from-cluster", nodes, this.cluster, UNPRIVILEGED, "API to kubelets and pods");
    this.ingress(
      "nodes-https-from-cluster",
      nodes,
      this.cluster,
      HTTPS,
      "API to extension servers and webhooks",
    );
    this.egress("nodes-to-all", nodes, "Images, AWS and whatever pods call");
    return nodes;
  }

  /**
   * Lets pods that have the group which EKS makes for the cluster, as those on Fargate do, and nodes with their pods reach
   * each other: DNS is on a node. Nodes of Auto Mode have that group themselves.
   *
   * @param primary - id of that group.
   */
  connectPrimary(primary: string): void {
    if (!this.nodes) return;
    const eks = { id: primary };
    this.ingress("nodes-from-primary", this.nodes, eks, ALL, "Pods on Fargate to nodes and pods");
    this.ingress("primary-from-nodes", eks, this.nodes, ALL, "Nodes and pods to pods on Fargate");
  }

  private ingress(
    id: string,
    to: Pick<SecurityGroup, "id">,
    from: Pick<SecurityGroup, "id">,
    ports: Ports,
    description: string,
  ): void {
    this.rules.push(
      new VpcSecurityGroupIngressRule(this, id, {
        securityGroupId: to.id,
        referencedSecurityGroupId: from.id,
        description,
        ...ports,
        tags: { Name: id },
      }),
    );
  }

  /** Opens the way out over IPv4, and over IPv6, which a VPC may have from the start or get later. */
  private egress(id: string, from: SecurityGroup, description: string): void {
    const rule = (ruleId: string, range: { cidrIpv4: string } | { cidrIpv6: string }) =>
      this.rules.push(
        new VpcSecurityGroupEgressRule(this, ruleId, {
          securityGroupId: from.id,
          ...range,
          description,
          ...ALL,
          tags: { Name: ruleId },
        }),
      );
    rule(id, { cidrIpv4: "0.0.0.0/0" });
    rule(`${id}-ipv6`, { cidrIpv6: "::/0" });
  }
}
