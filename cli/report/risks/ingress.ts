import { isArray, isObject, type Json } from "../plan-json";
import type { Attributes, Found, Rule, Subject } from "./risk";

/** Ingress that is opened to the world, and only what was not open before. */
export const ingress: Rule = (subject) => {
  if (subject.change.action === "delete" || subject.change.action === "forget") return [];
  const already = new Set(openings(subject.change.type, subject.before).map(wordsOf));
  const opened = openings(subject.change.type, subject.after).filter((each) => !already.has(wordsOf(each)));
  return [...new Set(opened.map(wordsOf))].map(
    (words): Found => ({ rule: "ingress-open-to-world", level: "high", message: `opens ${words}` }),
  );
};

/** Something that everybody can reach. */
interface Opening {
  readonly what: string;
  readonly to: string;
}

function wordsOf({ what, to }: Opening): string {
  return `${what} to ${to}`;
}

function openings(type: string, attributes: Attributes): readonly Opening[] {
  switch (type) {
    case "aws_security_group":
    case "aws_default_security_group":
      return objects(attributes.ingress).flatMap((rule) =>
        [...open(rule.cidr_blocks), ...open(rule.ipv6_cidr_blocks)].map((to) => ({
          what: portsOf(rule),
          to,
        })),
      );
    case "aws_security_group_rule":
      if (attributes.type !== "ingress") return [];
      return [...open(attributes.cidr_blocks), ...open(attributes.ipv6_cidr_blocks)].map((to) => ({
        what: portsOf(attributes),
        to,
      }));
    case "aws_vpc_security_group_ingress_rule":
      return open([attributes.cidr_ipv4 ?? null, attributes.cidr_ipv6 ?? null]).map((to) => ({
        what: portsOf({ ...attributes, protocol: attributes.ip_protocol ?? null }),
        to,
      }));
    case "aws_eks_cluster":
      return objects(attributes.vpc_config).flatMap((config) =>
        config.endpoint_public_access === false
          ? []
          : open(config.public_access_cidrs).map((to) => ({ what: "the Kubernetes API", to })),
      );
    case "aws_lambda_function_url":
      return attributes.authorization_type === "NONE"
        ? [{ what: "the function's URL", to: "everybody, without authentication" }]
        : [];
    default:
      return [];
  }
}

/** Ranges so wide that they are the world: 0.0.0.0/0, ::/0, and halves and eighths of them. */
function open(ranges: Json | undefined): readonly string[] {
  if (!isArray(ranges)) return [];
  return ranges.flatMap((range) => {
    const [, prefix] = typeof range === "string" ? (/\/(\d+)$/.exec(range) ?? []) : [];
    return typeof range === "string" && prefix !== undefined && Number(prefix) <= 3 ? [range] : [];
  });
}

function portsOf(rule: Attributes): string {
  const protocol = typeof rule.protocol === "string" ? rule.protocol : "-1";
  if (protocol === "-1" || protocol === "all") return "every port and protocol";
  const { from_port: from, to_port: to } = rule;
  if (typeof from !== "number" || typeof to !== "number") return `${protocol}`;
  if (from === 0 && to === 65535) return `every ${protocol} port`;
  return from === to ? `${protocol} port ${from}` : `${protocol} ports ${from}-${to}`;
}

function objects(value: Json | undefined): readonly Subject["before"][] {
  return isArray(value) ? value.filter(isObject) : [];
}
