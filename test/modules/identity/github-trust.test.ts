import { GITHUB_ISSUER, githubTrust, githubTrustFaults, trustFaults } from "@groundplan/modules/identity";

const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${GITHUB_ISSUER}`;
const AUD = { [`${GITHUB_ISSUER}:aud`]: "sts.amazonaws.com" };

/** A trust in GitHub with this condition on the subject. */
function trust(operator: string, subject: string | readonly string[]) {
  const sub = { [`${GITHUB_ISSUER}:sub`]: subject };
  const Condition =
    operator === "StringEquals"
      ? { StringEquals: { ...AUD, ...sub } }
      : { StringEquals: AUD, [operator]: sub };
  return { Statement: [{ Effect: "Allow", Principal: { Federated: PROVIDER }, Condition }] };
}

function said(document: object): readonly string[] {
  return githubTrustFaults(document).map(({ what }) => what);
}

test("the trust of a role: the repository, the runs and the audience, each in full", () => {
  const statements = githubTrust(
    PROVIDER,
    { repository: "example/platform", ownerId: "1", repositoryId: "2" },
    ["pull-requests"],
  );
  expect(statements).toEqual([
    {
      Effect: "Allow",
      Principal: { Federated: PROVIDER },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          ...AUD,
          [`${GITHUB_ISSUER}:sub`]: [
            "repo:example@1/platform@2:pull_request",
            "repo:example/platform:pull_request",
          ],
        },
      },
    },
  ]);
  expect(githubTrustFaults({ Statement: statements })).toEqual([]);
});

test.each([
  ["one run", "StringEquals", "repo:example/platform:environment:prod"],
  ["all runs of one repository", "StringLike", "repo:example/platform:*"],
  ["all branches, by numbers", "StringLike", "repo:example@1/platform@2:ref:refs/heads/*"],
])("a trust that names its repository passes: %s", (_, operator, subject) => {
  expect(said(trust(operator, subject))).toEqual([]);
});

test.each([
  ["everybody", "StringLike", "*"],
  ["every repository", "StringLike", "repo:*"],
  ["every repository of an owner", "StringLike", "repo:example/*"],
  ["every repository whose name begins alike", "StringLike", "repo:example/platform*"],
  ["every owner whose name begins alike", "StringLike", "repo:example*/platform:environment:prod"],
  ["every number", "StringLike", "repo:example@*/platform@*:environment:prod"],
  ["one good subject and one open one", "StringLike", ["repo:example/platform:*", "repo:*:environment:prod"]],
])("a pattern that lets strangers in is a fault: %s", (_, operator, subject) => {
  expect(said(trust(operator, subject))).toEqual([expect.stringContaining("strangers' repositories get in")]);
});

test.each([
  ["no condition at all", {}],
  ["the audience alone", { StringEquals: AUD }],
  [
    "only where there is one",
    { StringEquals: AUD, StringEqualsIfExists: { [`${GITHUB_ISSUER}:sub`]: "repo:a/b:c" } },
  ],
  [
    "all of none",
    { StringEquals: AUD, "ForAllValues:StringEquals": { [`${GITHUB_ISSUER}:sub`]: "repo:a/b:c" } },
  ],
  ["all but one", { StringEquals: AUD, StringNotEquals: { [`${GITHUB_ISSUER}:sub`]: "repo:a/b:c" } }],
])("a trust without a condition on sub is a fault: %s", (_, Condition) => {
  const Statement = { Effect: "Allow", Principal: { Federated: PROVIDER }, Condition };
  expect(said({ Statement })).toContain(`its trust has no condition on "sub" of ${GITHUB_ISSUER}`);
});

test("a trust without an audience is a fault, also where a reference stands for the provider", () => {
  const Condition = { StringEquals: { [`${GITHUB_ISSUER}:sub`]: "repo:example/platform:pull_request" } };
  const Principal = { Federated: "${aws_iam_openid_connect_provider.github.arn}" };
  expect(said({ Statement: { Effect: "Allow", Principal, Condition } })).toEqual([
    `its trust has no condition on "aud" of ${GITHUB_ISSUER}`,
  ]);
});

test("what denies, and what does not trust GitHub, is not judged here", () => {
  expect(said({ Statement: { Effect: "Deny", Principal: { Federated: PROVIDER } } })).toEqual([]);
  expect(said({ Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } } })).toEqual([]);
  expect(said({})).toEqual([]);
});

test("the rule for all roles of all stacks judges GitHub's trusts by this one", () => {
  expect(trustFaults(trust("StringLike", "repo:example/*"))).toEqual(
    githubTrustFaults(trust("StringLike", "repo:example/*")),
  );
  expect(trustFaults(trust("StringEquals", "repo:example/platform:pull_request"))).toEqual([]);
});
