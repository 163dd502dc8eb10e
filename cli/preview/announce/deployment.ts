import { type GitHub, onGitHub } from "../../github/client";
import type { PreviewRecord } from "../dashboard/data";
import { httpsAddress } from "../dashboard/links";

/** States of a deployment on GitHub, by the status of its preview. */
const STATES = {
  provisioning: "in_progress",
  active: "success",
  asleep: "success",
  failed: "failure",
  destroying: "inactive",
  gone: "inactive",
} as const;

/** What became of the deployment. */
export type DeploymentOutcome = "created" | "updated" | "unchanged" | "none";

/** Characters of a description that GitHub takes. */
const LONGEST = 140;

/**
 * Keeps the deployment of a preview on GitHub: one for each commit, in the environment of the preview's name, with its
 * address. GitHub itself ends those of older commits.
 */
export async function keepDeployment(github: GitHub, preview: PreviewRecord): Promise<DeploymentOutcome> {
  const { name, status, commit, endpoint, run } = preview;
  const state = Object.hasOwn(STATES, status) ? STATES[status as keyof typeof STATES] : undefined;
  if (state === undefined) return "none";
  if (state === "inactive") return endDeployments(github, name);
  if (commit === undefined) return "none";
  const { client, owner, repo } = github;
  return onGitHub(`the deployment of preview ${name}`, async () => {
    const there = await deploymentsOf(github, name, commit);
    const deployment_id = Number(there[0]?.id ?? (await create(github, name, commit)));
    const environment_url = state === "success" ? httpsAddress(endpoint) : undefined;
    const log_url = httpsAddress(run?.url);
    const before = await newestStatus(github, deployment_id);
    if (before?.state === state && (before.environment_url ?? "") === (environment_url ?? ""))
      return "unchanged";
    await client.request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      owner,
      repo,
      deployment_id,
      state,
      description: descriptionOf(preview),
      auto_inactive: true,
      ...(environment_url === undefined ? {} : { environment_url }),
      ...(log_url === undefined ? {} : { log_url }),
    });
    return there.length > 0 ? "updated" : "created";
  });
}

/** Ends all deployments of a preview that is gone. */
async function endDeployments(github: GitHub, name: string): Promise<DeploymentOutcome> {
  const { client, owner, repo } = github;
  return onGitHub(`the deployments of preview ${name}`, async () => {
    let ended = 0;
    for (const { id } of await deploymentsOf(github, name)) {
      const deployment_id = Number(id);
      const before = await newestStatus(github, deployment_id);
      if (before?.state === "inactive") continue;
      await client.request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
        owner,
        repo,
        deployment_id,
        state: "inactive",
        description: "the preview is gone",
      });
      ended += 1;
    }
    return ended > 0 ? "updated" : "unchanged";
  });
}

async function deploymentsOf({ client, owner, repo }: GitHub, environment: string, sha?: string) {
  const { data } = await client.request("GET /repos/{owner}/{repo}/deployments", {
    owner,
    repo,
    environment,
    task: "preview",
    per_page: 100,
    ...(sha === undefined ? {} : { sha }),
  });
  return data;
}

async function create({ client, owner, repo }: GitHub, environment: string, ref: string): Promise<number> {
  const { data } = await client.request("POST /repos/{owner}/{repo}/deployments", {
    owner,
    repo,
    ref,
    environment,
    task: "preview",
    auto_merge: false,
    required_contexts: [],
    transient_environment: true,
    production_environment: false,
  });
  if ("id" in data) return Number(data.id);
  throw new Error(data.message ?? "GitHub has made no deployment");
}

async function newestStatus({ client, owner, repo }: GitHub, deployment_id: number) {
  const { data } = await client.request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
    owner,
    repo,
    deployment_id,
    per_page: 1,
  });
  return data[0];
}

/** Our own words: nothing that others wrote. */
function descriptionOf({ status, expiresAt }: PreviewRecord): string {
  const time = Date.parse(expiresAt);
  const until = Number.isNaN(time) ? "" : `, gone by ${new Date(time).toISOString().slice(0, 16)}Z`;
  return `${status}${until}`.slice(0, LONGEST);
}
