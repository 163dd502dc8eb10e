import { irsaTrust, podIdentityTrust, trustFaults } from "@groundplan/modules/identity";
import { assert, constantFrom, property, string } from "fast-check";

const ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE";
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;
const GITHUB = "token.actions.githubusercontent.com";

/** A trust with one statement. */
function trust(statement: object): object {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] };
}

/** A trust in a web identity with some conditions. */
function web(Condition: object | undefined): object {
  return trust({
    Principal: { Federated: PROVIDER },
    Action: "sts:AssumeRoleWithWebIdentity",
    ...(Condition === undefined ? {} : { Condition }),
  });
}

const SERVICE_ACCOUNT = { namespace: "apps", name: "api" };
const BOTH = { [`${ISSUER}:aud`]: "sts.amazonaws.com", [`${ISSUER}:sub`]: "system:serviceaccount:apps:api" };

describe("trusts that say who gets in", () => {
  test.each<[string, object]>([
    [
      "IRSA",
      {
        Statement: irsaTrust({
          oidcProviderArn: PROVIDER,
          oidcIssuer: ISSUER,
          serviceAccounts: [SERVICE_ACCOUNT],
        }),
      },
    ],
    [
      "Pod Identity",
      {
        Statement: podIdentityTrust({
          account: "123456789012",
          clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
          serviceAccount: SERVICE_ACCOUNT,
        }),
      },
    ],
    [
      "conditions in two operators",
      web({
        StringEquals: { [`${ISSUER}:aud`]: "a" },
        StringLike: { [`${ISSUER}:sub`]: "system:serviceaccount:b:c-*" },
      }),
    ],
    [
      "GitHub, new and old form of the subject",
      web({
        StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
        StringLike: {
          [`${GITHUB}:sub`]: ["repo:acme@12/app@34:environment:dev", "repo:acme/app:environment:dev"],
        },
      }),
    ],
    ["a service", trust({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" })],
    ["an account", trust({ Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" })],
    [
      "one statement that is not in a list",
      { Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } } },
    ],
    ["a denial", { Statement: [{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }] }],
    [
      "SAML with its audience",
      trust({
        Principal: { Federated: "arn:aws:iam::123456789012:saml-provider/idp" },
        Action: "sts:AssumeRoleWithSAML",
        Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
      }),
    ],
    ...["repo:org/repo:*", "repo:ORG@1/REPO@2:environment:prod", "repo:ORG@1/REPO@2:*"].map(
      (subject): [string, object] => [subject, web({ StringLike: { ...BOTH, [`${ISSUER}:sub`]: subject } })],
    ),
    [
      "Pod Identity of every cluster of one account",
      trust({
        Principal: { Service: "pods.eks.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:eks:*:123456789012:cluster/*" } },
      }),
    ],
    [
      "Pod Identity of any cluster, with the account beside it",
      trust({
        Principal: { Service: "pods.eks.amazonaws.com" },
        Condition: {
          ArnLike: { "aws:SourceArn": "arn:aws:eks:*:*:cluster/*" },
          StringEquals: { "aws:SourceAccount": "123456789012" },
        },
      }),
    ],
    [
      "everybody of an organisation",
      trust({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
    ],
  ])("%s", (_, document) => {
    expect(trustFaults(document)).toEqual([]);
  });
});

describe("planted faults", () => {
  test.each<[string, object, string[]]>([
    ["no condition", web(undefined), ['no condition on "sub"', 'no condition on "aud"']],
    [
      "no subject: every repository, every pod",
      web({ StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" } }),
      ['"sub"'],
    ],
    ["no audience", web({ StringEquals: { [`${ISSUER}:sub`]: "x" } }), ['"aud"']],
    ["a subject that is anything", web({ StringLike: { ...BOTH, [`${ISSUER}:sub`]: "*" } }), ['"sub"']],
    [
      "a subject that is any repository",
      web({ StringLike: { ...BOTH, [`${ISSUER}:sub`]: "repo:*" } }),
      ['"sub"'],
    ],
    [
      "a subject of any namespace beside a good one",
      web({
        StringLike: {
          ...BOTH,
          [`${ISSUER}:sub`]: ["system:serviceaccount:a:b", "system:serviceaccount:*:b"],
        },
      }),
      ['"sub"'],
    ],
    ["a subject only where there is one", web({ StringEqualsIfExists: BOTH }), ['"sub"', '"aud"']],
    ["every subject but one", web({ StringNotEquals: BOTH }), ['"sub"', '"aud"']],
    ["an empty list", web({ StringEquals: { ...BOTH, [`${ISSUER}:sub`]: [] } }), ['"sub"']],
    [
      "a condition on something else",
      web({ StringEquals: { "aws:SourceIp": "10.0.0.1" } }),
      ['"sub"', '"aud"'],
    ],
    [
      "Pod Identity of anybody",
      trust({
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      }),
      ["Pod Identity of every account"],
    ],
    [
      "Pod Identity of any cluster of anybody",
      trust({
        Principal: { Service: ["pods.eks.amazonaws.com"] },
        Condition: { ArnLike: { "aws:SourceArn": "*" } },
      }),
      ["Pod Identity of every account"],
    ],
    [
      "Pod Identity of any account's clusters",
      trust({
        Principal: { Service: "pods.eks.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:eks:*:*:cluster/*" } },
      }),
      ["Pod Identity of every account"],
    ],
    ...["s*", "*:*:*:*", "repo:org/*", "repo:*/repo:*", "system:*", "system:serviceaccount:a:*"].map(
      (subject): [string, object, string[]] => [
        `the subject ${subject}`,
        web({ StringLike: { ...BOTH, [`${ISSUER}:sub`]: subject } }),
        ['"sub"'],
      ],
    ),
    ...["*", { AWS: "*" }].flatMap((Principal) =>
      [
        { StringLike: { "aws:PrincipalArn": "*" } },
        { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/admin" } },
        { Bool: { "aws:SecureTransport": "true" } },
      ].map((Condition): [string, object, string[]] => [
        `${JSON.stringify(Principal)} with ${JSON.stringify(Condition)}`,
        trust({ Principal, Action: "sts:AssumeRole", Condition }),
        ["everybody"],
      ]),
    ),
    [
      "everybody but one",
      trust({ NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" }),
      ["NotPrincipal"],
    ],
    ["everybody", trust({ Principal: "*", Action: "sts:AssumeRole" }), ["everybody"]],
    ["every account", trust({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }), ["everybody"]],
    [
      "SAML without its audience",
      trust({
        Principal: { Federated: "arn:aws:iam::1:saml-provider/idp" },
        Action: "sts:AssumeRoleWithSAML",
      }),
      ['"aud"'],
    ],
  ])("%s", (_, document, said) => {
    const faults = trustFaults(document);
    expect(faults).toHaveLength(said.length);
    said.forEach((words, index) => {
      expect(faults[index]?.what).toContain(words);
    });
    for (const { instead } of faults) expect(instead).toMatch(/^name /);
  });
});

test("no subject passes that a pattern opens to every namespace, and each that is a plain name does", () => {
  const name = string({ unit: constantFrom("a", "b", "0"), minLength: 1, maxLength: 20 });
  assert(
    property(name, name, (namespace, account) => {
      const closed = web({
        StringLike: { ...BOTH, [`${ISSUER}:sub`]: `system:serviceaccount:${namespace}:${account}` },
      });
      const open = web({
        StringLike: { ...BOTH, [`${ISSUER}:sub`]: `system:serviceaccount:*${namespace}:${account}` },
      });
      expect(trustFaults(closed)).toEqual([]);
      expect(trustFaults(open)).toHaveLength(1);
    }),
  );
});
