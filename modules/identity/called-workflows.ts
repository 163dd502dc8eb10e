import type { Fault } from "../core/errors";
import type { PolicyStatement } from "../core/policy";
import {
  type CallingRepository,
  callerFaults,
  type GitHubRepository,
  githubSubjects,
  repositoryFaults,
} from "./github-subjects";
import { GITHUB_AUDIENCE, GITHUB_ISSUER } from "./github-trust";

/** Workflows of one repository that others call, as GitHub's tokens name them in `job_workflow_ref`. */
export interface CalledWorkflows {
  /** `owner/name` of the repository that has them. */
  readonly repository: string;

  /** Names of their files in `.github/workflows`, e.g. `provision.yml`; at least one. */
  readonly files: readonly string[];

  /** Branch from which they are called, e.g. `main`: another's file of the same name does not count. */
  readonly branch: string;
}

/** The `job_workflow_ref` of each. */
export function workflowRefs({ repository, files, branch }: CalledWorkflows): readonly string[] {
  return files.map((file) => `${repository}/.github/workflows/${file}@refs/heads/${branch}`);
}

/**
 * The trust of a role that jobs of called workflows assume: of these workflows alone, and called by these repositories
 * alone. What a job runs is then the platform's code, whoever calls it. Each claim is named in full but the subject's end,
 * which is any run of the repository.
 *
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows
 */
export function calledWorkflowsTrust(
  providerArn: string,
  workflows: CalledWorkflows,
  callers: readonly CallingRepository[],
): readonly PolicyStatement[] {
  // Any run: what ends a subject of `githubSubjects` is taken off, and `*` stands in its place.
  const subjects = callers
    .flatMap((caller) => githubSubjects(caller, ["pull-requests"]))
    .map((subject) => subject.replace(/:pull_request$/, ":*"));
  return [
    {
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${GITHUB_ISSUER}:aud`]: GITHUB_AUDIENCE,
          [`${GITHUB_ISSUER}:job_workflow_ref`]: workflowRefs(workflows),
          [`${GITHUB_ISSUER}:repository_id`]: callers.map(({ repositoryId }) => repositoryId),
        },
        StringLike: { [`${GITHUB_ISSUER}:sub`]: subjects },
      },
    },
  ];
}

/** The faults of what is to be trusted: names that would be patterns, nobody who calls, a caller without its numbers. */
export function calledWorkflowsFaults(
  workflows: CalledWorkflows,
  callers: readonly GitHubRepository[],
): readonly Fault[] {
  const { files, branch } = workflows;
  const faults: Fault[] = [...repositoryFaults({ repository: workflows.repository })];
  if (files.length === 0)
    faults.push({
      what: "no workflow is named: any could assume the role",
      instead: 'name them, e.g. ["provision.yml"]',
    });
  for (const file of files) {
    if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.ya?ml$/.test(file)) continue;
    faults.push({
      what: `workflow ${JSON.stringify(file)} is not the name of one file`,
      instead: 'use e.g. "provision.yml"',
    });
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/.test(branch)) {
    faults.push({
      what: `branch ${JSON.stringify(branch)} is not one name: workflows of other branches could get in`,
      instead: 'use e.g. "main"',
    });
  }
  if (callers.length === 0)
    faults.push({
      what: "no repository is named that calls them",
      instead: "name at least one, with its numbers",
    });
  faults.push(...callerFaults(callers));
  return faults;
}
