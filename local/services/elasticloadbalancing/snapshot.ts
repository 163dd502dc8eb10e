import { type AwsCaller, listAt, objectAt, textAt, textsAt, type Xml } from "../../gateway/caller";
import type { Action, Redirect, WeightedGroup } from "./actions";
import type { Condition, Rule } from "./rules";

const VERSION = "2015-12-01";

export interface Listener {
  readonly protocol: "http" | "https";
  readonly port: number;
  readonly rules: readonly Rule<Action>[];
}

export interface LoadBalancer {
  readonly arn: string;

  /** Name in DNS, in lower case. */
  readonly dnsName: string;
  readonly listeners: readonly Listener[];
}

export interface TargetGroup {
  readonly arn: string;
  readonly type: "ip" | "instance" | "lambda" | "alb";
  readonly protocol: "http" | "https";
  readonly port: number;
  readonly check: {
    readonly isEnabled: boolean;
    readonly path: string;

    /** Undefined for the target's own. */
    readonly port: number | undefined;
    readonly protocol: "http" | "https";

    /** Milliseconds. */
    readonly interval: number;
    readonly timeout: number;
    readonly healthyAfter: number;
    readonly unhealthyAfter: number;
    readonly matcher: string;
  };
  readonly targets: readonly { readonly id: string; readonly port: number }[];
  readonly multiValueHeaders: boolean;
}

/** The load balancers of one account and Region. */
export interface Snapshot {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly groups: ReadonlyMap<string, TargetGroup>;
}

/** Reads everything that requests are led by. */
export async function readSnapshot(caller: AwsCaller): Promise<Snapshot> {
  const call = (action: string, parameters: Readonly<Record<string, string>> = {}) =>
    caller.query("elasticloadbalancing", VERSION, action, parameters);
  const balancers = listAt(await call("DescribeLoadBalancers"), "LoadBalancers");
  const found = listAt(await call("DescribeTargetGroups"), "TargetGroups");
  const loadBalancers = await Promise.all(
    balancers.map(async (balancer) => {
      const arn = textAt(balancer, "LoadBalancerArn");
      const listeners = listAt(await call("DescribeListeners", { LoadBalancerArn: arn }), "Listeners");
      return {
        arn,
        dnsName: textAt(balancer, "DNSName").toLowerCase(),
        listeners: await Promise.all(listeners.map((one) => listenerOf(one, call))),
      };
    }),
  );
  const groups = await Promise.all(found.map((group) => groupOf(group, call)));
  return { loadBalancers, groups: new Map(groups.map((group) => [group.arn, group])) };
}

type Call = (action: string, parameters: Readonly<Record<string, string>>) => Promise<Xml>;

async function listenerOf(listener: Xml, call: Call): Promise<Listener> {
  const rules = listAt(
    await call("DescribeRules", { ListenerArn: textAt(listener, "ListenerArn") }),
    "Rules",
  );
  return {
    protocol: textAt(listener, "Protocol") === "HTTPS" ? "https" : "http",
    port: Number(textAt(listener, "Port")),
    rules: rules.map((rule) => {
      const isDefault = textAt(rule, "Priority") === "default";
      return {
        priority: isDefault ? Number.POSITIVE_INFINITY : Number(textAt(rule, "Priority")),
        conditions: isDefault ? [] : listAt(rule, "Conditions").map(conditionOf),
        actions: listAt(rule, "Actions").flatMap((action) => actionOf(action) ?? []),
      };
    }),
  };
}

/** The values stand in a field of the condition's own, or in the older one of all. */
function conditionOf(condition: Xml): Condition {
  const field = textAt(condition, "Field");
  const values = (config: string) => {
    const own = textsAt(condition, config, "Values");
    return own.length > 0 ? own : textsAt(condition, "Values");
  };
  switch (field) {
    case "host-header":
      return { field, values: values("HostHeaderConfig") };
    case "path-pattern":
      return { field, values: values("PathPatternConfig") };
    case "http-request-method":
      return { field, values: values("HttpRequestMethodConfig") };
    case "source-ip":
      return { field, values: values("SourceIpConfig") };
    case "http-header":
      return {
        field,
        name: textAt(condition, "HttpHeaderConfig", "HttpHeaderName"),
        values: values("HttpHeaderConfig"),
      };
    default:
      return {
        field: "query-string",
        values: listAt(condition, "QueryStringConfig", "Values").map((pair) => ({
          key: textAt(pair, "Key"),
          value: textAt(pair, "Value"),
        })),
      };
  }
}

function actionOf(action: Xml): Action | undefined {
  switch (textAt(action, "Type")) {
    case "forward":
      return { type: "forward", groups: groupsOf(action) };
    case "redirect":
      return { type: "redirect", redirect: redirectOf(objectAt(action, "RedirectConfig")) };
    case "fixed-response": {
      const config = objectAt(action, "FixedResponseConfig");
      return {
        type: "fixed-response",
        status: Number(textAt(config, "StatusCode")),
        contentType: textAt(config, "ContentType") || "text/plain",
        body: textAt(config, "MessageBody"),
      };
    }
    default:
      return undefined;
  }
}

function groupsOf(action: Xml): readonly WeightedGroup[] {
  const several = listAt(action, "ForwardConfig", "TargetGroups").map((group) => ({
    arn: textAt(group, "TargetGroupArn"),
    weight: Number(textAt(group, "Weight") || "1"),
  }));
  const one = textAt(action, "TargetGroupArn");
  return several.length > 0 ? several : one === "" ? [] : [{ arn: one, weight: 1 }];
}

function redirectOf(config: Xml): Redirect {
  return {
    protocol: textAt(config, "Protocol") || "#{protocol}",
    host: textAt(config, "Host") || "#{host}",
    port: textAt(config, "Port") || "#{port}",
    path: textAt(config, "Path") || "/#{path}",
    query: textAt(config, "Query") || "#{query}",
    status: textAt(config, "StatusCode") === "HTTP_301" ? 301 : 302,
  };
}

async function groupOf(group: Xml, call: Call): Promise<TargetGroup> {
  const arn = textAt(group, "TargetGroupArn");
  const [health, attributes] = await Promise.all([
    call("DescribeTargetHealth", { TargetGroupArn: arn }),
    call("DescribeTargetGroupAttributes", { TargetGroupArn: arn }),
  ]);
  const port = Number(textAt(group, "Port") || "0");
  const checkPort = textAt(group, "HealthCheckPort");
  const type = textAt(group, "TargetType") || "instance";
  const attribute = (key: string) =>
    listAt(attributes, "Attributes").find((one) => textAt(one, "Key") === key);
  return {
    arn,
    type: type as TargetGroup["type"],
    protocol: textAt(group, "Protocol") === "HTTPS" ? "https" : "http",
    port,
    check: {
      isEnabled: textAt(group, "HealthCheckEnabled") !== "false",
      path: textAt(group, "HealthCheckPath") || "/",
      port: /^\d+$/.test(checkPort) ? Number(checkPort) : undefined,
      protocol: textAt(group, "HealthCheckProtocol") === "HTTPS" ? "https" : "http",
      interval: Number(textAt(group, "HealthCheckIntervalSeconds") || "30") * 1000,
      timeout: Number(textAt(group, "HealthCheckTimeoutSeconds") || "5") * 1000,
      healthyAfter: Number(textAt(group, "HealthyThresholdCount") || "5"),
      unhealthyAfter: Number(textAt(group, "UnhealthyThresholdCount") || "2"),
      matcher: textAt(group, "Matcher", "HttpCode") || "200",
    },
    targets: listAt(health, "TargetHealthDescriptions").map((one) => ({
      id: textAt(one, "Target", "Id"),
      port: Number(textAt(one, "Target", "Port") || port),
    })),
    multiValueHeaders: textAt(attribute("lambda.multi_value_headers.enabled"), "Value") === "true",
  };
}
