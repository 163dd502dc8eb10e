import {
  calledWorkflowsFaults,
  calledWorkflowsTrust,
  GITHUB_ISSUER,
  githubTrustFaults,
  trustFaults,
} from "@groundplan/modules/identity";

const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${GITHUB_ISSUER}`;
const WORKFLOWS = { repository: "example/platform", files: ["provision.yml", "destroy.yml"], branch: "main" };
const CALLER = { repository: "example/shop", ownerId: "1", repositoryId: "2" };
const key = (claim: string) => `${GITHUB_ISSUER}:${claim}`;

/** The conditions of a right trust, changed. */
function trust(change: (conditions: Record<string, Record<string, unknown>>) => void) {
  const [statement] = structuredClone(calledWorkflowsTrust(PROVIDER, WORKFLOWS, [CALLER]));
  const conditions = statement?.Condition as Record<string, Record<string, unknown>>;
  change(conditions);
  return { Statement: [statement] };
}

const said = (document: object) => githubTrustFaults(document).map(({ what }) => what);

test("lets these workflows in, called by these repositories, and names each claim in full", () => {
  expect(calledWorkflowsTrust(PROVIDER, WORKFLOWS, [CALLER])).toEqual([
    {
      Effect: "Allow",
      Principal: { Federated: PROVIDER },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [key("aud")]: "sts.amazonaws.com",
          [key("job_workflow_ref")]: [
            "example/platform/.github/workflows/provision.yml@refs/heads/main",
            "example/platform/.github/workflows/destroy.yml@refs/heads/main",
          ],
          [key("repository_id")]: ["2"],
        },
        StringLike: { [key("sub")]: ["repo:example@1/shop@2:*", "repo:example/shop:*"] },
      },
    },
  ]);
  expect(said(trust(() => {}))).toEqual([]);
  expect(trustFaults(trust(() => {}))).toEqual([]);
});

test.each<[string, (conditions: Record<string, Record<string, unknown>>) => void, RegExp]>([
  [
    "no sub",
    (all) => {
      delete all.StringLike;
    },
    /no condition on "sub"/,
  ],
  [
    "every repository of an owner",
    (all) => {
      all.StringLike = { [key("sub")]: "repo:example/*" };
    },
    /strangers' repositories get in/,
  ],
  [
    "a workflow of any branch",
    (all) => {
      all.StringLike = {
        ...all.StringLike,
        [key("job_workflow_ref")]: "example/platform/.github/workflows/provision.yml@*",
      };
    },
    /takes the "job_workflow_ref" ".*@\*": others get in/,
  ],
  [
    "a workflow of that name in any repository",
    (all) => {
      all.StringLike = {
        ...all.StringLike,
        [key("job_workflow_ref")]: "*/.github/workflows/provision.yml@refs/heads/main",
      };
    },
    /others get in/,
  ],
  [
    "a claim that may be missing",
    (all) => {
      all.StringEqualsIfExists = {
        [key("job_workflow_ref")]: "example/platform/.github/workflows/provision.yml@refs/heads/main",
      };
    },
    /StringEqualsIfExists on "job_workflow_ref".*names nobody/,
  ],
  [
    "all but one repository",
    (all) => {
      all.StringNotEquals = { [key("repository_id")]: "3" };
    },
    /names nobody/,
  ],
  [
    "any repository by its number",
    (all) => {
      all.StringLike = { ...all.StringLike, [key("repository_id")]: "*" };
    },
    /takes the "repository_id" "\*"/,
  ],
  [
    "ForAllValues, which is true without the claim",
    (all) => {
      all["ForAllValues:StringEquals"] = { [key("repository_id")]: ["2"] };
    },
    /ForAllValues:StringEquals on "repository_id".*a token without the claim gets in/,
  ],
  [
    "ForAllValues on sub",
    (all) => {
      all["ForAllValues:StringLike"] = all.StringLike ?? {};
      delete all.StringLike;
    },
    /ForAllValues:StringLike on "sub"/,
  ],
])("planted: %s is found", (_, change, fault) => {
  expect(said(trust(change)).join("\n")).toMatch(fault);
  expect(trustFaults(trust(change)).length).toBeGreaterThan(0);
});

test("names that would be patterns are refused, all at once", () => {
  const faults = calledWorkflowsFaults(
    { repository: "example/*", files: ["*.yml", "../x.yml"], branch: "*" },
    [{ repository: "example/shop" }, { repository: "example/?", ownerId: "1", repositoryId: "2" }],
  );
  expect(faults).toHaveLength(6);
  expect(calledWorkflowsFaults({ ...WORKFLOWS, files: [] }, []).map(({ what }) => what)).toEqual([
    "no workflow is named: any could assume the role",
    "no repository is named that calls them",
  ]);
  expect(calledWorkflowsFaults(WORKFLOWS, [CALLER])).toEqual([]);
});
