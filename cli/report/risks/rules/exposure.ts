import type { Json } from "../../../input/json";
import { type Found, type Level, type Rule, valuesAt } from "../risk";

/** An attribute with which something becomes public. */
interface Exposure {
  /** Types that have it. @default every type */
  readonly types?: RegExp;

  /** Attribute, or a path of blocks: `block.attribute`. */
  readonly path: string;

  /** Values that make it public. */
  readonly public: (value: Json) => boolean;

  /** What it comes to. */
  readonly says: string;

  /**
   * - `anyhow`: at its creation too;
   * - `creation`: only there, since another rule looks at changes;
   * - `change`: only when it was otherwise, since being public is ordinary.
   *
   * @default "anyhow"
   */
  readonly when?: "anyhow" | "creation" | "change";

  /** @default "high" */
  readonly level?: Level;
}

const is =
  (...values: readonly Json[]) =>
  (value: Json) =>
    values.includes(value);

const REACHABLE = "can be reached from the internet";
const UNBLOCKED = "public access to S3 is not blocked";
const ACL = "everybody can read it, or write it";
const UNAUTHENTICATED = "no authentication is required";

const EXPOSURES: readonly Exposure[] = [
  { path: "publicly_accessible", public: is(true), says: REACHABLE },
  {
    types: /^aws_msk_cluster$/,
    path: "broker_node_group_info.connectivity_info.public_access.type",
    public: is("SERVICE_PROVIDED_EIPS"),
    says: REACHABLE,
  },
  { types: /^aws_(lb|alb|elb)$/, path: "internal", public: is(false), says: REACHABLE, when: "change" },
  {
    types: /^aws_api_gateway_rest_api$/,
    path: "endpoint_configuration.types",
    public: is("REGIONAL", "EDGE"),
    says: REACHABLE,
    when: "change",
  },
  {
    types: /^aws_transfer_server$/,
    path: "endpoint_type",
    public: is("PUBLIC"),
    says: REACHABLE,
    when: "change",
  },
  {
    types: /^aws_(instance|launch_configuration)$/,
    path: "associate_public_ip_address",
    public: is(true),
    says: "gets a public address",
    when: "change",
    level: "medium",
  },
  {
    types: /^aws_subnet$/,
    path: "map_public_ip_on_launch",
    public: is(true),
    says: "what starts in it gets a public address",
    when: "change",
    level: "medium",
  },
  {
    types: /^aws_ecs_service$/,
    path: "network_configuration.assign_public_ip",
    public: is(true),
    says: "gets a public address",
    when: "change",
    level: "medium",
  },
  {
    types: /^aws_s3_(bucket|bucket_acl|object|bucket_object)$/,
    path: "acl",
    public: is("public-read", "public-read-write", "authenticated-read"),
    says: ACL,
  },
  {
    types: /^aws_s3_bucket_acl$/,
    path: "access_control_policy.grant.grantee.uri",
    public: (value) => /\/(AllUsers|AuthenticatedUsers)$/.test(String(value)),
    says: ACL,
  },
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].map(
    (path): Exposure => ({
      types: /^aws_s3_(bucket|account)_public_access_block$/,
      path,
      public: is(false, null),
      says: UNBLOCKED,
      when: "creation",
    }),
  ),
  {
    types: /^aws_apigatewayv2_route$/,
    path: "authorization_type",
    public: is("NONE"),
    says: UNAUTHENTICATED,
    when: "change",
  },
  {
    types: /^aws_api_gateway_method$/,
    path: "authorization",
    public: is("NONE"),
    says: UNAUTHENTICATED,
    when: "change",
  },
  {
    types: /^aws_lambda_function_url$/,
    path: "authorization_type",
    public: is("NONE"),
    says: "the function's URL is open to everybody, without authentication",
  },
  {
    types: /^aws_cognito_identity_pool$/,
    path: "allow_unauthenticated_identities",
    public: is(true),
    says: UNAUTHENTICATED,
  },
];

/** What becomes public by an attribute, and not by a rule of a firewall. */
export const exposure: Rule = ({ change, before, after, unknown, secret }) => {
  if (change.action === "delete" || change.action === "forget") return [];
  const creation = change.action === "create";
  return EXPOSURES.flatMap((each): readonly Found[] => {
    const { types, path, says, when = "anyhow", level = "high" } = each;
    if (types && !types.test(change.type)) return [];
    if (when !== "anyhow" && creation !== (when === "creation")) return [];
    const [name = path] = path.split(".");
    if (unknown(path) || secret(name)) return [];
    const now = valuesAt(after, path).find((value) => each.public(value));
    if (now === undefined || (!creation && valuesAt(before, path).some((value) => each.public(value))))
      return [];
    return [{ rule: "ingress-open-to-world", level, message: `${says}: ${path} is ${String(now ?? false)}` }];
  });
};
