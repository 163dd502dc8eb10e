import type { Fault } from "../core/errors";
import type { PolicyStatement } from "../core/policy";
import { githubClaimFaults } from "./github-claims";
import { type GitHubRepository, type GitHubRuns, githubSubjects } from "./github-subjects";

/** The issuer of GitHub's tokens, as it begins IAM's condition keys. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** For whom a workflow asks a token to be made: what `aws-actions/configure-aws-credentials` asks for. */
export const GITHUB_AUDIENCE = "sts.amazonaws.com";

/**
 * The trust of a role for GitHub's workflows: tokens made for AWS, of one repository, of the named runs.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function githubTrust(
  providerArn: string,
  repository: GitHubRepository,
  runs: readonly GitHubRuns[],
): readonly PolicyStatement[] {
  const subjects = githubSubjects(repository, runs);
  return [
    {
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { [`${GITHUB_ISSUER}:aud`]: GITHUB_AUDIENCE, [`${GITHUB_ISSUER}:sub`]: subjects },
      },
    },
  ];
}

/** A statement of a trust as anybody may have written it. */
interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/**
 * The faults of a trust in GitHub: a statement without a condition on the subject lets every repository of
 * GitHub in, and so does a pattern in the place of the owner or the repository.
 *
 * @param document - a trust policy of any origin; statements that do not trust GitHub are not judged.
 */
export function githubTrustFaults(document: object): readonly Fault[] {
  const { Statement: given } = document as { Statement?: Statement | readonly Statement[] };
  const statements: readonly Statement[] = given === undefined ? [] : [given].flat();
  return statements.filter((each) => each.Effect === "Allow" && trustsGitHub(each)).flatMap(statementFaults);
}

/** Whether a statement is about GitHub's tokens: a reference to the provider does not say so, its conditions do. */
export function trustsGitHub({ Principal, Condition }: Statement): boolean {
  const { Federated } = (Principal ?? {}) as { Federated?: unknown };
  const keys = Object.values((Condition ?? {}) as object).flatMap((each) => Object.keys(each));
  return [...texts(Federated), ...keys].some((name) => name.includes(GITHUB_ISSUER));
}

function statementFaults(statement: Statement): readonly Fault[] {
  const faults: Fault[] = [...githubClaimFaults(statement.Condition)];
  const subjects = valuesOf(statement, "sub");
  const instead = `name the repository, or every one of GitHub gets in, e.g. StringEquals { "${GITHUB_ISSUER}:sub": "repo:example/platform:environment:prod" }`;
  if (subjects.length === 0) {
    faults.push({ what: `its trust has no condition on "sub" of ${GITHUB_ISSUER}`, instead });
  }
  for (const subject of subjects.filter(isOpen)) {
    faults.push({
      what: `its trust takes the "sub" ${JSON.stringify(subject)}: strangers' repositories get in`,
      instead,
    });
  }
  const audiences = valuesOf(statement, "aud");
  if (audiences.length === 0 || audiences.some((audience) => /[*?]/.test(audience))) {
    faults.push({
      what: `its trust has no condition on "aud" of ${GITHUB_ISSUER}`,
      instead: `name for whom the token was made, e.g. StringEquals { "${GITHUB_ISSUER}:aud": "${GITHUB_AUDIENCE}" }`,
    });
  }
  return faults;
}

/**
 * The values of a claim under the operators that let nothing else through. `…IfExists` and `ForAllValues`
 * let a token without the claim pass, and a negation everything but the value.
 */
function valuesOf({ Condition }: Statement, claim: "sub" | "aud"): readonly string[] {
  const key = `${GITHUB_ISSUER}:${claim}`;
  return Object.entries((Condition ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>)
    .filter(([operator]) => /^(?:ForAnyValue:)?String(?:Equals(?:IgnoreCase)?|Like)$/i.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([name]) => name.toLowerCase() === key)
    .flatMap(([, value]) => texts(value));
}

/** Whether a pattern stands where the owner and the repository are to be named. */
function isOpen(subject: string): boolean {
  return !/^repo:[^*?:/]+\/[^*?:/]+(?::|$)/.test(subject);
}

function texts(value: unknown): readonly string[] {
  return [value].flat().filter((each): each is string => typeof each === "string");
}
