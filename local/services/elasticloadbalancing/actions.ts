/** What a load balancer does with a request, beside what is not supported here: authentication. */
export type Action =
  | { readonly type: "forward"; readonly groups: readonly WeightedGroup[] }
  | { readonly type: "redirect"; readonly redirect: Redirect }
  | {
      readonly type: "fixed-response";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    };

export interface WeightedGroup {
  readonly arn: string;

  /** 0 to 999. */
  readonly weight: number;
}

/** Where a client is sent to; `#{host}` and the like stand for what it has asked for. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html */
export interface Redirect {
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
  readonly status: 301 | 302;
}

/** What a client has asked for. */
export interface Asked {
  readonly protocol: "http" | "https";

  /** Name as the client knows it, without a port. */
  readonly host: string;

  /** Port of the listener. */
  readonly port: number;
  readonly path: string;

  /** Without the question mark. */
  readonly query: string;
}

/**
 * The address to which a client is redirected.
 *
 * Listeners have no ports of their own here: where a redirect leads to one of the load balancer's, it leads to the port that the
 * client can reach.
 *
 * @param reachable - port of this machine at which every listener answers.
 */
export function locationOf(redirect: Redirect, asked: Asked, reachable: number): string {
  const fill = (text: string) =>
    text
      .replaceAll("#{protocol}", asked.protocol)
      .replaceAll("#{host}", asked.host)
      .replaceAll("#{port}", String(asked.port))
      .replaceAll("#{path}", asked.path.replace(/^\//, ""))
      .replaceAll("#{query}", asked.query);
  const protocol = fill(redirect.protocol.toLowerCase());
  const host = fill(redirect.host);
  const path = fill(redirect.path);
  const query = fill(redirect.query);
  const port = host === asked.host ? String(reachable) : fill(redirect.port);
  const isUsual = (protocol === "https" && port === "443") || (protocol === "http" && port === "80");
  return `${protocol}://${host}${isUsual ? "" : `:${port}`}${path}${query === "" ? "" : `?${query}`}`;
}

/**
 * The target group that a request is sent to.
 *
 * @param point - from 0 to below 1.
 * @returns undefined where every weight is 0.
 */
export function chooseGroup(groups: readonly WeightedGroup[], point: number): string | undefined {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let rest = point * total;
  for (const { arn, weight } of groups) {
    if (weight > 0 && rest < weight) return arn;
    rest -= weight;
  }
  return undefined;
}

/** Whether a status is one of a matcher: `200`, `200,301`, `200-299`. */
export function isSuccess(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = "", to = from] = part.trim().split("-");
    return status >= Number(from) && status <= Number(to);
  });
}
