import type { Attributes } from "../attributes";
import { blocksOf, isWorld, letIn, type Opening, openingsOf, wordsOf } from "../openings";
import type { Found, Level, Rule, Subject } from "../risk";

/** Ports by which machines and databases are taken over. */
const ADMINISTRATIVE = [22, 23, 135, 445, 1433, 2375, 3306, 3389, 5432, 5985, 5986, 6379, 9200, 11211, 27017];

/** Ingress that rules open to the world, and only what was not open before. */
export const ingress: Rule = (subject) => {
  const { change, before, after } = subject;
  if (change.action === "delete" || change.action === "forget") return [];
  if (change.type === "aws_eks_cluster") return kubernetes(subject);
  const was = openings(change.type, before);
  const opened = openings(change.type, after).filter((each) => isWorld(each) && !letIn(was, each));
  // Security groups still stand behind network ACLs, which let in everything by AWS's default.
  const level = /network_acl/.test(change.type) ? "medium" : "high";
  return [...new Set(opened.map(wordsOf))].map((words) => found(`opens ${words}`, level));
};

function openings(type: string, attributes: Attributes): readonly Opening[] {
  switch (type) {
    case "aws_security_group":
    case "aws_default_security_group":
      return blocksOf(attributes.ingress).flatMap((rule) =>
        openingsOf(rule, [rule.cidr_blocks, rule.ipv6_cidr_blocks]),
      );
    case "aws_security_group_rule":
      if (attributes.type !== "ingress") return [];
      return openingsOf(attributes, [attributes.cidr_blocks, attributes.ipv6_cidr_blocks]);
    case "aws_vpc_security_group_ingress_rule":
      return openingsOf(attributes, [attributes.cidr_ipv4, attributes.cidr_ipv6]);
    case "aws_network_acl":
      return blocksOf(attributes.ingress).flatMap((rule) => acl(rule, rule.action));
    case "aws_network_acl_rule":
      return attributes.egress === true ? [] : acl(attributes, attributes.rule_action);
    default:
      return [];
  }
}

/** What a network ACL allows, without what has to be open for answers to come back. */
function acl(rule: Attributes, action: unknown): readonly Opening[] {
  if (String(action).toLowerCase() !== "allow") return [];
  return openingsOf(rule, [rule.cidr_block, rule.ipv6_cidr_block]).filter(({ protocol, from, to }) => {
    if (protocol === "-1") return true;
    const ephemeral = from >= 1024 && to - from >= 10_000;
    return protocol === "tcp" && !ephemeral && ADMINISTRATIVE.some((port) => from <= port && port <= to);
  });
}

/** The Kubernetes API, which AWS opens to 0.0.0.0/0 unless it is told otherwise. */
function kubernetes({ before, after, unknown }: Subject): readonly Found[] {
  const was = api(before);
  const now = api(after);
  if (!now) return [];
  if (unknown("vpc_config.public_access_cidrs") || unknown("vpc_config.endpoint_public_access")) {
    if (was?.some(isWorld)) return [];
    const message =
      "the Kubernetes API may be open to the world: vpc_config.public_access_cidrs is not known until apply, and AWS's default is 0.0.0.0/0";
    return [found(message, was ? "medium" : "high")];
  }
  const opened = now.filter((each) => isWorld(each) && !letIn(was ?? [], each));
  return [...new Set(opened.map(({ cidr }) => cidr))].map((cidr) =>
    found(`opens the Kubernetes API to ${cidr}`, "high"),
  );
}

/** Who reaches the API from outside; undefined when nobody does. */
function api({ vpc_config }: Attributes): readonly Opening[] | undefined {
  const [config] = blocksOf(vpc_config);
  if (!config || config.endpoint_public_access === false) return undefined;
  const openings = openingsOf({}, [config.public_access_cidrs]);
  return openings.length > 0 ? openings : openingsOf({}, ["0.0.0.0/0"]);
}

function found(message: string, level: Level): Found {
  return { rule: "ingress-open-to-world", level, message };
}
