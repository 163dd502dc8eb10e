/** Whom STS names as a caller. */
export interface Caller {
  /** ARN as STS tells it, e.g. `arn:aws:sts::123456789012:assumed-role/admin/anna`. */
  readonly arn: string;
  readonly account: string;

  /** Id of the role or user, without the session. */
  readonly id: string;

  /** Name of the session; empty for a user. */
  readonly session: string;
}

/** Reads the answer of GetCallerIdentity. */
export function callerOf(body: string): Caller {
  const text = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "";
  const [id = "", session = ""] = text("UserId").split(":");
  return { arn: text("Arn"), account: text("Account"), id, session };
}

/**
 * What identifies a principal: its account, kind and name. An assumed role is its role; the path of a role does not
 * stand in the ARN of a session, and names are unique without it.
 */
export function principalOf(arn: string): string {
  const [, , service, , account, resource = ""] = arn.split(":");
  const [kind, ...rest] = resource.split("/");
  if (service === "sts" && kind === "assumed-role") return `${account}:role/${rest[0]}`;
  return `${account}:${kind}/${rest.at(-1) ?? ""}`;
}

/**
 * The name of a caller in Kubernetes.
 *
 * @param template - `username` of the access entry.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
 */
export function usernameOf(template: string, { account, session }: Caller, accessKey: string): string {
  return template
    .replaceAll("{{AccountID}}", account)
    .replaceAll("{{SessionNameRaw}}", session)
    .replaceAll("{{SessionName}}", session.replaceAll("@", "-"))
    .replaceAll("{{AccessKeyID}}", accessKey)
    .replaceAll("{{EC2PrivateDNSName}}", session);
}
