import { build } from "../../../groundplan";
import { updateInTime } from "../in-time";
import { allow, create, policy, remove, update } from "../risk-fixtures";

/** Milliseconds for a test whose process is ended after a minute. */
const STOPPABLE = 150_000;

const document = (...statements: object[]) => ({ policy: policy(...statements) });
const trust = (...statements: object[]) => ({ assume_role_policy: policy(...statements) });
const inline = (...statements: object[]) => ({
  inline_policy: statements.map((each, at) => ({ name: `p${at}`, policy: policy(each) })),
});
const assume = (Principal: object | string, some: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal,
  ...some,
});

describe("attributes that hold a policy", () => {
  const everybody = policy(allow("es:*", "*", { Principal: "*" }));
  const account = policy(allow("es:*", "*", { Principal: { AWS: "123456789012" } }));

  test.each([
    ["aws_iam_policy", "policy"],
    ["aws_opensearch_domain", "access_policies"],
    ["aws_cloudwatch_log_resource_policy", "policy_document"],
    ["aws_glacier_vault", "access_policy"],
    ["aws_ecr_repository_creation_template", "repository_policy"],
  ])("%s.%s", (type, name) => {
    expect(update(type, { [name]: account }, { [name]: everybody })).toEqual([
      `high iam-broadened: ${name} now allows es:* on * to everybody`,
    ]);
    expect(create(type, { [name]: everybody })).toHaveLength(1);
    expect(create(type, { [name]: account })).toEqual([]);
    expect(update(type, { [name]: everybody }, { [name]: account })).toEqual([]);
  });

  test("a role's inline policies, block by block", () => {
    const read = allow("s3:GetObject");
    expect(create("aws_iam_role", inline(read, allow("*", "*")))).toEqual([
      "high iam-broadened: inline_policy now allows * on *",
    ]);
    expect(update("aws_iam_role", inline(read), inline(read, allow("s3:PutObject")))).toEqual([
      "medium iam-broadened: inline_policy now allows s3:PutObject on arn:aws:s3:::a/*",
    ]);
    expect(
      update("aws_iam_role", inline(read, allow("s3:PutObject")), inline(allow("s3:PutObject"), read)),
    ).toEqual([]);
    expect(create("aws_iam_role", inline(read))).toEqual([]);
    expect(
      update(
        "aws_iam_role",
        inline(read),
        { inline_policy: [{ name: "p0" }] },
        {
          after_unknown: { inline_policy: [{ policy: true }] },
        },
      ),
    ).toEqual(["medium iam-broadened: inline_policy is known only after the apply"]);
  });

  test("a VPC endpoint's policy allows everything by AWS's default", () => {
    const all = document(allow("*", "*", { Principal: "*" }));
    expect(create("aws_vpc_endpoint", all)).toEqual([]);
    expect(create("aws_sqs_queue", all)).toHaveLength(1);
  });
});

describe("a statement that denies", () => {
  const deny = { Effect: "Deny", Action: "s3:*", Resource: "*" };
  const read = allow("s3:GetObject");
  const missed = ["high iam-broadened: policy: a statement that denies is changed or gone"];

  test("is missed", () => {
    expect(update("aws_s3_bucket_policy", document(read, deny), document(read))).toEqual(missed);
    expect(
      update("aws_s3_bucket_policy", document(read, deny), document(read, { ...deny, Action: "s3:Get*" })),
    ).toEqual(missed);
    expect(remove("aws_s3_bucket_policy", document(deny))).toContain(
      "high iam-broadened: the statements that deny are taken away",
    );
  });

  test("is not missed where more is denied, or where what it guards is gone too", () => {
    expect(
      update("aws_s3_bucket_policy", document(read, deny), document(read, { ...deny, Action: "*" })),
    ).toEqual([]);
    expect(update("aws_s3_bucket_policy", document(deny), document({ ...deny, Sid: "New" }))).toEqual([]);
    expect(remove("aws_sqs_queue", document(deny)).join()).not.toContain("iam-broadened");
  });
});

describe("trusts", () => {
  const other = { AWS: "arn:aws:iam::999988887777:root" };
  const externalId = { Condition: { StringEquals: { "sts:ExternalId": "x" } } };

  test("another account is told, under conditions as less; the plan's own is not", () => {
    expect(create("aws_iam_role", trust(assume(other)))).toEqual([
      "high iam-broadened: assume_role_policy now allows sts:AssumeRole to AWS:arn:aws:iam::999988887777:root (another account)",
    ]);
    expect(create("aws_iam_role", trust(assume({ AWS: "999988887777" })))).toHaveLength(1);
    expect(create("aws_iam_role", trust(assume(other, externalId)))[0]).toMatch(/^medium /);
    expect(create("aws_iam_role", trust(assume({ AWS: "arn:aws:iam::123456789012:role/ci" })))).toEqual([]);
    expect(create("aws_iam_role", trust(assume({ Service: "lambda.amazonaws.com" })))).toEqual([]);
    expect(update("aws_iam_role", trust(assume(other)), trust(assume(other)))).toEqual([]);
  });

  test("a role of an account that is trusted already is not new", () => {
    const role = { AWS: "arn:aws:iam::999988887777:role/ci" };
    expect(update("aws_iam_role", trust(assume(other)), trust(assume(role)))).toEqual([]);
    expect(update("aws_iam_role", trust(assume(role)), trust(assume(other)))).toHaveLength(1);
  });

  test("whoever is not named", () => {
    const but = { ...assume(""), Principal: undefined, NotPrincipal: other };
    expect(create("aws_iam_role", trust(but))[0]).toMatch(
      /^high iam-broadened: .*everything but AWS:.*NotPrincipal/,
    );
    expect(create("aws_s3_bucket_policy", document({ ...but, Effect: "Deny" }))).toEqual([]);
  });

  describe("tokens of GitHub", () => {
    const issuer = "token.actions.githubusercontent.com";
    const github = (conditions: object) =>
      trust({
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Condition: conditions,
      });
    const aud = { [`${issuer}:aud`]: "sts.amazonaws.com" };
    const sub = (value: string) => ({ StringEquals: aud, StringLike: { [`${issuer}:sub`]: value } });

    test.each([
      ["only the audience", { StringEquals: aud }],
      ["every repository", sub("repo:*")],
      ["everything", sub("*")],
      ["all but one", { StringEquals: aud, StringNotLike: { [`${issuer}:sub`]: "repo:a/b:*" } }],
    ])("%s lets in strangers", (_, conditions) => {
      expect(create("aws_iam_role", github(conditions))).toEqual([
        expect.stringMatching(/^high iam-broadened: .*no condition says whose tokens of token.actions/),
      ]);
    });

    test.each([
      ["a repository", sub("repo:octo/app:*")],
      ["an owner", { StringEquals: { ...aud, [`${issuer}:repository_owner_id`]: "1" } }],
    ])("%s does not", (_, conditions) => {
      expect(create("aws_iam_role", github(conditions))).toEqual([]);
    });

    test("one repository more is new, one less is not", () => {
      const both = github({ StringLike: { [`${issuer}:sub`]: ["repo:o/a:*", "repo:o/b:*"] } });
      const one = github({ StringLike: { [`${issuer}:sub`]: ["repo:o/a:*"] } });
      const branch = github({ StringLike: { [`${issuer}:sub`]: ["repo:o/a:ref:refs/heads/main"] } });
      expect(update("aws_iam_role", both, one)).toEqual([]);
      expect(update("aws_iam_role", one, branch)).toEqual([]);
      expect(update("aws_iam_role", one, both)[0]).toMatch(/^medium /);
      expect(update("aws_iam_role", one, github({ StringEquals: aud }))[0]).toMatch(/^high /);
    });
  });
});

test("a policy that is not known yet is said to be, and a secret one stays unread", () => {
  const unknown = { after_unknown: { policy: true } };
  expect(update("aws_iam_policy", document(allow("s3:GetObject")), {}, unknown)).toEqual([
    "medium iam-broadened: policy is known only after the apply",
  ]);
  expect(create("aws_iam_policy", {}, unknown)).toEqual([]);
  const secret = { before_sensitive: { policy: true }, after_sensitive: { policy: true } };
  expect(update("aws_iam_policy", document(allow("a:b")), document(allow("*", "*")), secret)).toEqual([]);
  const deny = document({ Effect: "Deny", Action: "*", Resource: "*" });
  expect(update("aws_iam_policy", deny, deny, { after_sensitive: { policy: true } })).toEqual([]);
});

describe("size", () => {
  const names = (count: number, name: string) => Array.from({ length: count }, (_, at) => `${name}${at}`);

  test("what is too large to judge is said to be, whatever it hides", () => {
    const huge = allow([...names(300, "s3:Get"), "iam:*"], [...names(300, "arn:aws:s3:::b"), "*"]);
    const told = ["high iam-broadened: policy changes, and is too large to judge: read it whole"];
    expect(create("aws_iam_policy", document(huge))).toEqual(told);
    expect(update("aws_iam_policy", document(allow("s3:GetObject")), document(huge))).toEqual(told);
    expect(update("aws_iam_policy", document(huge), document(huge))).toEqual([]);
    const long = allow([...names(200, "s3:Get"), "iam:*"], [...names(200, "arn:aws:s3:::b"), "*"]);
    expect(create("aws_iam_policy", document(long))[0]).toContain("iam:* on * (privilege escalation)");
  });

  beforeAll(build, STOPPABLE);

  // How long they take is a figure of `npm run bench`; here they come to an end.
  test(
    "ten thousand statements are judged, or said to be too large",
    () => {
      const many = (last: string) =>
        document(
          ...names(10_000, "arn:aws:s3:::b").map((name) => allow("s3:GetObject", name)),
          allow(last, "*"),
        );
      const loose = (name: string) =>
        document(...names(10_000, name).map((each) => allow("s3:Get*", `${each}/*`)));
      expect(updateInTime(many("s3:GetObject"), many("s3:GetObjectAcl"))).toEqual([
        "medium iam-broadened: policy now allows s3:GetObjectAcl on *",
      ]);
      expect(updateInTime(loose("arn:aws:s3:::b"), loose("arn:aws:s3:::c"))).toEqual([
        "high iam-broadened: policy changes, and is too large to judge: read it whole",
      ]);
    },
    STOPPABLE,
  );

  test(
    "a hostile pattern comes to an end",
    () => {
      const pattern = `${"a*".repeat(2_000)}b`;
      const long = "a".repeat(4_000);
      expect(updateInTime(document(allow(pattern)), document(allow(long)))).toEqual([
        `medium iam-broadened: policy now allows ${long} on arn:aws:s3:::a/*`,
      ]);
      const not = { Effect: "Allow", NotAction: pattern, Resource: "*" };
      expect(updateInTime(document(not), document(allow("*a".repeat(2_000))))).toEqual([
        "high iam-broadened: policy changes, and is too large to judge: read it whole",
      ]);
    },
    STOPPABLE,
  );
});
