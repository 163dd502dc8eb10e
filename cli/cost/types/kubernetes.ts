import { hourly, monthly, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";
import { instanceParts, SPOT_LEAST, templateVolumes } from "./instance";

/**
 * The last day of a Kubernetes version's standard support in EKS; an older version than all of these is out of it.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
const SUPPORTED_UNTIL: Readonly<Record<string, string>> = { "1.34": "2026-12-02" };

/** The newest version of which it is certain that its standard support has ended. */
const ENDED = 33;

const cluster: Pricing = {
  assumes: [
    "a version out of standard support has the price of extended support, unless the cluster's policy keeps it out",
    "fees of Auto Mode and of EKS capabilities are not counted",
  ],
  parts: (values, { day }) => {
    if (values.given.block("compute_config").is("enabled"))
      throw new NotKnown("the nodes of Auto Mode are not in a plan");
    return isExtended(values, day)
      ? [hourly("cluster in extended support", "eks/extended-support-cluster-hour")]
      : [hourly("cluster", "eks/cluster-hour")];
  },
};

function isExtended(values: Values, day: string): boolean {
  if (values.given.block("upgrade_policy").text("support_type") === "STANDARD") return false;
  // Where it is not set, AWS takes the newest.
  const version = values.given.text("version") ?? "";
  const [, minor] = /^1\.(\d{1,3})$/.exec(version) ?? [];
  if (minor === undefined) return false;
  const last = SUPPORTED_UNTIL[version];
  return Number(minor) <= ENDED || (last !== undefined && day > last);
}

const nodeGroup: Pricing = {
  assumes: [
    "as many nodes as are desired; of several instance types, the cheapest to the dearest",
    "nodes on Spot cost 10 to 100 % of the price on demand",
    "without a launch template a root volume of disk_size, or 20 GiB, on gp2 or gp3",
  ],
  parts: (values, around) => {
    const count = values.block("scaling_config").number("desired_size") ?? 0;
    const template = values.has("launch_template")
      ? around.linked("launch_template", "aws_launch_template")
      : undefined;
    if (values.has("launch_template") && !template)
      throw new NotKnown("its launch template is not in the plan");
    const own = values.given.texts("instance_types");
    const named = template?.text("instance_type");
    const types = own.length > 0 ? own : named === undefined ? ["t3.medium"] : [named];
    const least = values.given.text("capacity_type") === "SPOT" ? SPOT_LEAST : 1;
    const volumes = template
      ? templateVolumes(template, count)
      : [
          monthly(
            "volume gp2 or gp3",
            ["ebs/gp2/gb-month", "ebs/gp3/gb-month"],
            (values.given.number("disk_size") ?? 20) * count,
            "GB",
          ),
        ];
    return [instanceParts(types, { count: { low: count, high: count }, least }), ...volumes];
  },
};

/** Clusters of Kubernetes. */
export const KUBERNETES: Readonly<Record<string, Pricing>> = {
  aws_eks_cluster: cluster,
  aws_eks_node_group: nodeGroup,
};
