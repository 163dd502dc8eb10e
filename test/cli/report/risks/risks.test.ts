import { changeOf } from "../../../../cli/report/change";
import type { Json, ResourceChangeJson } from "../../../../cli/report/plan-json";
import { risksOf } from "../../../../cli/report/risks/rules";
import { isStateful } from "../../../../cli/report/risks/stateful";
import { resource } from "../runs";

/** Rules that find something, with what they say. */
function found(json: ResourceChangeJson): readonly string[] {
  const change = changeOf(json, (text) => text);
  return change
    ? risksOf(change, json).map(({ rule, level, message }) => `${level} ${rule}: ${message}`)
    : [];
}

const update = (type: string, before: Json, after: Json, some: object = {}) =>
  found(resource(`${type}.a`, ["update"], before, after, some));
const create = (type: string, after: Json) => found(resource(`${type}.a`, ["create"], null, after));
const remove = (type: string, before: Json = {}) => found(resource(`${type}.a`, ["delete"], before, null));

describe("loss", () => {
  test("a deletion: of data high, of anything else medium", () => {
    expect(remove("aws_dynamodb_table")).toEqual(["high delete-stateful: deleted, with what it holds"]);
    expect(remove("aws_iam_role")).toEqual(["medium delete: deleted"]);
  });

  test.each([[["delete", "create"]], [["create", "delete"]]])(
    "%j is a replacement, with what forces it",
    (actions) => {
      const json = resource(
        "aws_rds_cluster.a",
        actions,
        {},
        {},
        { replace_paths: [["settings", 0, "name"]] },
      );
      expect(found(json)).toEqual([
        "high replace-stateful: replaced, with what it holds, forced by settings[0].name",
      ]);
    },
  );

  test("a replacement that was asked for says so", () => {
    const json = resource(
      "aws_iam_role.a",
      ["delete", "create"],
      {},
      {},
      { action_reason: "replace_by_request" },
    );
    expect(found(json)).toEqual(["medium replace: replaced: it was asked for with -replace"]);
  });

  test("what is forgotten is not deleted", () => {
    expect(found(resource("aws_s3_bucket.a", ["forget"], {}, null))).toEqual([
      "medium forget: no longer managed by Terraform; the object itself stays",
    ]);
    expect(found(resource("aws_s3_bucket.a", ["create", "forget"], {}, {}))).toEqual([
      "medium forget: no longer managed by Terraform; the object itself stays",
    ]);
  });

  test("a KMS key says after how many days", () => {
    expect(remove("aws_kms_key", { deletion_window_in_days: 7 })[0]).toMatch(
      /^high kms-key-deletion: .* after 7 days/,
    );
  });

  test("an update, a creation and a read lose nothing", () => {
    expect(update("aws_s3_bucket", { a: 1 }, { a: 2 })).toEqual([]);
    expect(create("aws_s3_bucket", { a: 1 })).toEqual([]);
    expect(found(resource("data.aws_s3_bucket.a", ["read"], null, {}, { mode: "data" }))).toEqual([]);
  });

  test.each([
    ["aws_db_instance", true],
    ["aws_s3_bucket", true],
    ["aws_eks_cluster", true],
    ["aws_s3_bucket_policy", false],
    ["aws_db_subnet_group", false],
    ["xaws_s3_bucket", false],
  ])("%s holds data: %s", (type, expected) => {
    expect(isStateful(type)).toBe(expected);
  });
});

describe("ingress", () => {
  const rule = (cidr: string, some: object = {}) => ({
    type: "ingress",
    protocol: "tcp",
    from_port: 22,
    to_port: 22,
    cidr_blocks: [cidr],
    ...some,
  });

  test.each([
    ["0.0.0.0/0", true],
    ["0.0.0.0/1", true],
    ["10.0.0.0/8", false],
    ["203.0.113.7/32", false],
  ])("%s is the world: %s", (cidr, expected) => {
    expect(create("aws_security_group_rule", rule(cidr))).toEqual(
      expected ? [`high ingress-open-to-world: opens tcp port 22 to ${cidr}`] : [],
    );
  });

  test("egress is not ingress", () => {
    expect(create("aws_security_group_rule", rule("0.0.0.0/0", { type: "egress" }))).toEqual([]);
  });

  test("what was open already is not opened", () => {
    const group = (...ports: number[]) => ({
      ingress: ports.map((port) => rule("0.0.0.0/0", { from_port: port, to_port: port })),
    });
    expect(update("aws_security_group", group(443), group(443))).toEqual([]);
    expect(update("aws_security_group", group(443), group(443, 22))).toEqual([
      "high ingress-open-to-world: opens tcp port 22 to 0.0.0.0/0",
    ]);
    expect(update("aws_security_group", group(443, 22), group(443))).toEqual([]);
  });

  test("IPv6, the Kubernetes API and a function's URL", () => {
    expect(
      create("aws_vpc_security_group_ingress_rule", { ip_protocol: "-1", cidr_ipv6: "::/0" }),
    ).toHaveLength(1);
    expect(
      create("aws_vpc_security_group_ingress_rule", { ip_protocol: "-1", cidr_ipv6: "2001:db8::/32" }),
    ).toEqual([]);
    const cluster = (cidr: string, access = true) => ({
      vpc_config: [{ endpoint_public_access: access, public_access_cidrs: [cidr] }],
    });
    expect(update("aws_eks_cluster", cluster("198.51.100.0/24"), cluster("0.0.0.0/0"))).toHaveLength(1);
    expect(update("aws_eks_cluster", cluster("198.51.100.0/24"), cluster("0.0.0.0/0", false))).toEqual([]);
    expect(create("aws_lambda_function_url", { authorization_type: "NONE" })).toHaveLength(1);
    expect(create("aws_lambda_function_url", { authorization_type: "AWS_IAM" })).toEqual([]);
  });
});

describe("iam", () => {
  const policy = (...statements: object[]) => ({
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  const allow = (
    Action: string | string[],
    Resource: string | string[] = "arn:aws:s3:::a/*",
    some: object = {},
  ) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...some,
  });

  test.each([
    ["another action", allow("s3:GetObject"), allow(["s3:GetObject", "s3:PutObject"])],
    [
      "another resource",
      allow("s3:GetObject"),
      allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
    ],
    ["a wildcard", allow("s3:GetObject"), allow("s3:Get*")],
    [
      "a condition less",
      allow("s3:GetObject", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
      allow("s3:GetObject", "*"),
    ],
    [
      "another principal",
      allow("s3:GetObject", "*", { Principal: { AWS: "arn:aws:iam::111122223333:root" } }),
      allow("s3:GetObject", "*", { Principal: "*" }),
    ],
    [
      "everything but",
      allow("s3:GetObject"),
      { Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::a/*" },
    ],
  ])("%s broadens", (_, before, after) => {
    expect(update("aws_iam_policy", policy(before), policy(after))[0]).toMatch(
      / iam-broadened: policy now allows /,
    );
    // The planted fault the other way round: what is narrowed is not broadened.
    expect(update("aws_iam_policy", policy(after), policy(after))).toEqual([]);
  });

  test("what an older statement covers is not new", () => {
    const wide = allow(["s3:*", "sqs:SendMessage"], "*");
    expect(
      update("aws_iam_policy", policy(wide), policy(allow(["s3:GetObject", "S3:put*"], "arn:aws:s3:::b/*"))),
    ).toEqual([]);
    expect(update("aws_iam_policy", policy(allow("s3:Get?bject")), policy(allow("s3:GetObject")))).toEqual(
      [],
    );
    expect(
      update("aws_iam_policy", policy(allow("s3:GetObject")), policy(allow("s3:Get?bject"))),
    ).toHaveLength(1);
  });

  test("a statement that denies is missed", () => {
    const deny = { Effect: "Deny", Action: "s3:*", Resource: "*" };
    expect(
      update("aws_s3_bucket_policy", policy(allow("s3:GetObject"), deny), policy(allow("s3:GetObject"))),
    ).toEqual(["high iam-broadened: policy: a statement that denies is changed or gone"]);
    expect(remove("aws_s3_bucket_policy", policy(deny))).toContain(
      "high iam-broadened: the statements that deny are taken away",
    );
  });

  test("a new policy is looked at for what is dangerous anywhere", () => {
    expect(create("aws_iam_policy", policy(allow("s3:GetObject")))).toEqual([]);
    expect(create("aws_iam_policy", policy(allow("*", "*")))).toHaveLength(1);
    expect(create("aws_iam_policy", policy(allow("iam:*", "*")))).toHaveLength(1);
    expect(create("aws_sqs_queue_policy", policy(allow("sqs:*", "q", { Principal: "*" })))).toHaveLength(1);
    expect(
      create(
        "aws_sqs_queue_policy",
        policy(allow("sqs:*", "q", { Principal: "*", Condition: { StringEquals: { a: "b" } } })),
      ),
    ).toEqual([]);
  });

  test("wide managed policies and lost boundaries", () => {
    const attach = (name: string) =>
      create("aws_iam_role_policy_attachment", { policy_arn: `arn:aws:iam::aws:policy/${name}` });
    expect(attach("AdministratorAccess")).toHaveLength(1);
    expect(attach("ReadOnlyAccess")).toEqual([]);
    expect(update("aws_iam_role", { permissions_boundary: "arn" }, { permissions_boundary: null })).toEqual([
      "high iam-broadened: the permissions boundary is taken away",
    ]);
  });

  test("a policy that is not known yet is said to be, and a secret one stays unread", () => {
    const unknown = { after_unknown: { policy: true } };
    expect(update("aws_iam_policy", policy(allow("s3:GetObject")), {}, unknown)).toEqual([
      "medium iam-broadened: policy is known only after the apply",
    ]);
    const secret = { before_sensitive: { policy: true }, after_sensitive: { policy: true } };
    expect(update("aws_iam_policy", policy(allow("a:b")), policy(allow("*", "*")), secret)).toEqual([]);
  });

  test("a hostile pattern does not take long", () => {
    const pattern = `${"a*".repeat(2_000)}b`;
    const started = Date.now();
    update("aws_iam_policy", policy(allow(pattern)), policy(allow("a".repeat(4_000))));
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});

describe("protection", () => {
  test.each([
    ["deletion_protection", true, false],
    ["enable_key_rotation", true, false],
    ["force_destroy", false, true],
    ["skip_final_snapshot", false, true],
    ["backup_retention_period", 7, 1],
    ["point_in_time_recovery", [{ enabled: true }], [{ enabled: false }]],
    ["versioning_configuration", [{ status: "Enabled" }], [{ status: "Suspended" }]],
  ])("%s from %j to %j takes a protection away, and the other way gives one", (name, before, after) => {
    expect(update("aws_x", { [name]: before }, { [name]: after })[0]).toMatch(/^high protection-removed: /);
    expect(update("aws_x", { [name]: after }, { [name]: before })).toEqual([]);
  });

  test("a guard that is deleted", () => {
    expect(remove("aws_s3_bucket_public_access_block")).toContain(
      "high protection-removed: the protection that it gives is taken away",
    );
    expect(remove("aws_s3_bucket_notification").join()).not.toContain("protection");
  });

  test("what is known only after the apply is not judged", () => {
    expect(
      update("aws_x", { deletion_protection: true }, {}, { after_unknown: { deletion_protection: true } }),
    ).toEqual([]);
  });
});
