import type { Fault } from "../core/errors";

/** A repository on GitHub, as its tokens name it. */
export interface GitHubRepository {
  /** `owner/name`, in the spelling that GitHub shows: IAM compares letter by letter. */
  readonly repository: string;

  /**
   * Number of the owner: `gh api users/<owner> --jq .id`.
   *
   * @default - only the names are in the subject
   */
  readonly ownerId?: string;

  /**
   * Number of the repository: `gh api repos/<owner>/<name> --jq .id`.
   *
   * @default - only the names are in the subject
   */
  readonly repositoryId?: string;

  /**
   * Which form of the subject counts: with names alone (`names`), with the numbers behind them
   * (`immutable`), or either (`both`).
   *
   * Repositories that were created, renamed or transferred after 15 July 2026 send the numbers; older
   * ones do after they opt in. A name can be taken by somebody else once it is free; a number cannot.
   *
   * @default - `both` with numbers, `names` without
   * @see https://docs.github.com/en/actions/reference/security/oidc
   */
  readonly subjects?: SubjectFormat;
}

/** A repository that calls workflows of another, with its numbers: a name can be taken by somebody else once it is free. */
export type CallingRepository = GitHubRepository &
  Required<Pick<GitHubRepository, "ownerId" | "repositoryId">>;

/** Forms of the subject in GitHub's tokens. */
export type SubjectFormat = "names" | "immutable" | "both";

/**
 * Which runs of a repository: those of pull requests, of one branch, or of jobs in one GitHub environment.
 *
 * GitHub says one of them in a token: a job's environment comes before the pull request, and that before
 * the branch.
 */
export type GitHubRuns = "pull-requests" | { readonly branch: string } | { readonly environment: string };

/**
 * The subjects of a repository's tokens for some runs, each in full: no pattern stands in them.
 *
 * @example
 * githubSubjects({ repository: "example/platform", ownerId: "1", repositoryId: "2" }, [{ environment: "prod" }]);
 * // ["repo:example@1/platform@2:environment:prod", "repo:example/platform:environment:prod"]
 */
export function githubSubjects(repository: GitHubRepository, runs: readonly GitHubRuns[]): readonly string[] {
  const endings = runs.map(ending);
  return prefixes(repository).flatMap((prefix) => endings.map((end) => `${prefix}:${end}`));
}

function prefixes({ repository, ownerId, repositoryId, subjects }: GitHubRepository): readonly string[] {
  const names = `repo:${repository}`;
  if (ownerId === undefined || repositoryId === undefined) return [names];
  const [owner, name] = repository.split("/");
  const immutable = `repo:${owner}@${ownerId}/${name}@${repositoryId}`;
  return { names: [names], immutable: [immutable], both: [immutable, names] }[subjects ?? "both"];
}

function ending(runs: GitHubRuns): string {
  if (runs === "pull-requests") return "pull_request";
  return "branch" in runs ? `ref:refs/heads/${runs.branch}` : `environment:${runs.environment}`;
}

/** Owner and name as GitHub takes them: nothing in them that IAM would read as a pattern. */
const REPOSITORY = /^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}\/[A-Za-z0-9._-]{1,100}$/;

/** The faults of a repository: a wrong name or number, or numbers that are wanted and not given. */
export function repositoryFaults(given: GitHubRepository): readonly Fault[] {
  const { repository, ownerId, repositoryId, subjects } = given;
  const faults: Fault[] = [];
  if (!REPOSITORY.test(repository)) {
    faults.push({
      what: `repository is ${JSON.stringify(repository)}: not the owner and the name of a GitHub repository`,
      instead: 'use e.g. "example/platform"',
    });
  }
  for (const [key, value] of Object.entries({ ownerId, repositoryId })) {
    if (value === undefined || /^[1-9]\d{0,19}$/.test(value)) continue;
    faults.push({
      what: `${key} is ${JSON.stringify(value)}: not a number of GitHub`,
      instead: 'use e.g. "583231"',
    });
  }
  if ((ownerId === undefined) !== (repositoryId === undefined)) {
    const [has, lacks] = ownerId === undefined ? ["repositoryId", "ownerId"] : ["ownerId", "repositoryId"];
    faults.push({
      what: `${has} is given without ${lacks}: a subject has both numbers or none`,
      instead: `give ${lacks} too, or leave ${has} out`,
    });
  }
  if (subjects !== undefined && subjects !== "names" && ownerId === undefined) {
    faults.push({
      what: `subjects is ${JSON.stringify(subjects)}, but ownerId and repositoryId are not given`,
      instead: 'give both: gh api repos/<owner>/<name> --jq ".owner.id, .id"',
    });
  }
  return faults;
}

/** The faults of runs: none at all, or a name that would be a pattern or end in another claim. */
export function runsFaults(runs: readonly GitHubRuns[]): readonly Fault[] {
  if (runs.length === 0) {
    const instead = 'name which runs may assume it, e.g. [{ environment: "prod" }]';
    return [{ what: "no run is named: without a subject every repository of GitHub could get in", instead }];
  }
  return runs.flatMap((run): readonly Fault[] => {
    if (run === "pull-requests") return [];
    const [kind, name] = Object.entries(run)[0] as [string, string];
    if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/.test(name)) return [];
    return [
      {
        what: `${kind} ${JSON.stringify(name)} is not one name: other runs could get in`,
        instead: `use e.g. ${kind === "branch" ? '"main"' : '"prod"'}: letters, digits and . _ - /`,
      },
    ];
  });
}

/** The faults of repositories that call: names that would be patterns, and those without their numbers. */
export function callerFaults(callers: readonly GitHubRepository[]): readonly Fault[] {
  return callers.flatMap((caller) => [
    ...repositoryFaults(caller),
    ...(caller.repositoryId === undefined
      ? [
          {
            what: `repository ${JSON.stringify(caller.repository)} has no repositoryId: whoever takes its name would get in`,
            instead: 'give ownerId and repositoryId: gh api repos/<owner>/<name> --jq ".owner.id, .id"',
          },
        ]
      : []),
  ]);
}
