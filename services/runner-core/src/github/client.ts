import { Permanent } from "../order";
import type { GitHub, Page, Runner } from "../ports";
import type { Settings } from "../settings";
import { type GitHubSession, statusOf } from "./session";

const PER_PAGE = 100;

/** What GitHub answers with a status that another try will not change. */
export class GitHubRefusal extends Permanent {}

/** GitHub's API as the app's installation may use it. */
export function gitHubClient(
  settings: Pick<Settings, "owner" | "scope" | "repositories">,
  { asInstallation: ask }: GitHubSession,
): GitHub {
  const list = async <T, R>(
    route: string,
    page: string | undefined,
    parameters: object,
    items: (data: T) => readonly R[],
  ): Promise<Page<R>> => {
    const number = Number(page ?? 1);
    const { data, isLast } = await ask<T>(route, { ...parameters, per_page: PER_PAGE, page: number });
    return { items: items(data), next: isLast ? undefined : String(number + 1) };
  };
  const { owner, scope, repositories } = settings;
  const place = { owner, org: owner, repo: repositories[0] ?? "" };
  const base = scope === "organization" ? "/orgs/{org}" : "/repos/{owner}/{repo}";

  return {
    async createRunner({ name, labels, groupId }) {
      try {
        const { data } = await ask<{
          readonly runner: { readonly id: number };
          readonly encoded_jit_config: string;
        }>(`POST ${base}/actions/runners/generate-jitconfig`, {
          ...place,
          name,
          labels: ["self-hosted", ...labels],
          runner_group_id: groupId,
          work_folder: "_work",
        });
        return { id: data.runner.id, configuration: data.encoded_jit_config };
      } catch (error) {
        throw refusal(error, groupId, scope) ?? error;
      }
    },
    runners: (page) =>
      list<{ readonly runners: readonly ListedRunner[] }, Runner>(
        `GET ${base}/actions/runners`,
        page,
        place,
        ({ runners }) => runners.map(runnerOf),
      ),
    async runner(id) {
      try {
        const { data } = await ask<ListedRunner>(`GET ${base}/actions/runners/{runner_id}`, {
          ...place,
          runner_id: id,
        });
        return runnerOf(data);
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async removeRunner(id) {
      try {
        await ask(`DELETE ${base}/actions/runners/{runner_id}`, { ...place, runner_id: id });
      } catch (error) {
        // GitHub refuses with 422 while a runner has a job.
        if (statusOf(error) === 422) return "busy";
        if (statusOf(error) !== 404) throw error;
      }
      return "removed";
    },
    async registrationToken() {
      const { data } = await ask<{ readonly token: string }>(
        `POST ${base}/actions/runners/registration-token`,
        place,
      );
      return data.token;
    },
    async groupName(id) {
      // Runners of a repository have no groups.
      if (scope === "repository") return "";
      const { data } = await ask<{ readonly name: string }>(
        "GET /orgs/{org}/actions/runner-groups/{runner_group_id}",
        { ...place, runner_group_id: id },
      ).catch((error: unknown) => {
        throw refusal(error, id, scope) ?? error;
      });
      return data.name;
    },
    repositories: (page) =>
      list<{ readonly repositories: readonly ListedRepository[] }, string>(
        "GET /installation/repositories",
        page,
        {},
        ({ repositories: listed }) => listed.filter(({ archived }) => !archived).map(({ name }) => name),
      ),
    runs: (repository, state, page) =>
      list<
        { readonly workflow_runs: readonly { readonly id: number }[] },
        { repository: string; id: number }
      >(
        "GET /repos/{owner}/{repo}/actions/runs",
        page,
        { owner, repo: repository, status: state },
        ({ workflow_runs: runs }) => runs.map(({ id }) => ({ repository, id })),
      ),
    queuedJobs: ({ repository, id }, page) =>
      list<
        { readonly jobs: readonly ListedJob[] },
        { id: number; labels: readonly string[]; queuedAt: number }
      >(
        "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
        page,
        { owner, repo: repository, run_id: id, filter: "latest" },
        ({ jobs }) =>
          jobs
            .filter(({ status }) => status === "queued")
            .map((job) => ({ id: job.id, labels: job.labels, queuedAt: Date.parse(job.created_at) / 1000 })),
      ),
  };
}

interface ListedRunner {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly busy: boolean;
}

interface ListedRepository {
  readonly name: string;
  readonly archived?: boolean;
}

interface ListedJob {
  readonly id: number;
  readonly status: string;
  readonly labels: readonly string[];
  readonly created_at: string;
}

function runnerOf({ id, name, status, busy }: ListedRunner): Runner {
  return { id, name, busy, online: status === "online" };
}

/** What a refused configuration means, and what to do. */
function refusal(error: unknown, groupId: number, scope: Settings["scope"]): GitHubRefusal | undefined {
  const permission =
    scope === "organization"
      ? "organization permission Self-hosted runners: write"
      : "repository permission Administration: write";
  switch (statusOf(error)) {
    case 403:
      return new GitHubRefusal(
        `GitHub refuses a runner in group ${groupId} (403): the app lacks the ${permission}, or the group is that of GitHub-hosted runners`,
      );
    case 404:
      return new GitHubRefusal(
        `there is no runner group ${groupId} (404), or the app may not see it: it needs the ${permission}`,
      );
    case 422:
      return new GitHubRefusal(`GitHub does not take the runner (422): ${(error as Error).message}`);
    default:
      return undefined;
  }
}
