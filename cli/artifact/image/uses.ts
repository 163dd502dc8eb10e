import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { RemoteBranch } from "../../git/remote-branch";
import { imageCommits } from "../../gitops/image-history";
import { readState } from "../../gitops/image-target";
import type { KubernetesClient } from "../../kubernetes/client";
import type { DeclaredImage } from "../declaration";
import type { ImageSession } from "./session";

/** Who needs an image: names of images, digests or tags, and why. */
export type Uses = ReadonlyMap<string, readonly string[]>;

/** Kinds of objects whose pods may be made again at any time, by their paths in the API. */
const KINDS: readonly (readonly [path: string, what: string])[] = [
  ["/api/v1/pods", "a pod"],
  ["/apis/apps/v1/deployments", "a Deployment"],
  ["/apis/apps/v1/replicasets", "a ReplicaSet, to which a rollback goes"],
  ["/apis/apps/v1/statefulsets", "a StatefulSet"],
  ["/apis/apps/v1/daemonsets", "a DaemonSet"],
  ["/apis/batch/v1/jobs", "a Job"],
  ["/apis/batch/v1/cronjobs", "a CronJob"],
];

/** Kinds that a cluster may not know. */
const OPTIONAL_KINDS: typeof KINDS = [["/apis/argoproj.io/v1alpha1/rollouts", "a Rollout"]];

const DIGEST = /sha256:[0-9a-f]{64}/g;

/**
 * Everything that needs an image of an environment: commits, its cluster, and Lambda functions. What cannot be read might
 * need any, so nothing is known then.
 *
 * @param history - images before the one that is pinned, to which somebody may go back.
 * @throws CliError that says which of them cannot be read.
 */
export async function usesOf(
  session: ImageSession,
  target: DeclaredImage,
  cluster: KubernetesClient,
  history: number,
): Promise<Uses> {
  const uses = new Map<string, string[]>();
  const note = (image: string, why: string) => {
    const reasons = uses.get(image) ?? [];
    if (!reasons.includes(why)) uses.set(image, [...reasons, why]);
  };
  await reading("the Git repository", () => gitUses(session, target, history, note));
  await reading("the cluster", async () =>
    clusterUses(cluster, target, await session.imageName(target), note),
  );
  await reading("Lambda", () => functionUses(target, note));
  return uses;
}

/** What the newest commit needs, for a look right before a deletion. */
export async function pinnedNow(session: ImageSession, target: DeclaredImage): Promise<Uses> {
  const uses = new Map<string, string[]>();
  await reading("the Git repository", () =>
    gitUses(session, target, 0, (image, why) => void uses.set(image, [why])),
  );
  return uses;
}

type Note = (image: string, why: string) => void;

/** @throws CliError with what cannot be read in front. */
async function reading(what: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const [first = "", ...lines] = error.message.split("\n  ");
    throw new CliError(
      error.exitCode === EXIT.INTERRUPTED ? EXIT.INTERRUPTED : EXIT.HELD,
      `nothing is removed: ${what} cannot be read, and may need any image`,
      first,
      ...lines,
    );
  }
}

function gitUses(session: ImageSession, target: DeclaredImage, history: number, note: Note): Promise<void> {
  const git = session.gitTarget(target);
  return RemoteBranch.during(git, async (branch) => {
    const head = await branch.fetch();
    const { file, entry } = await readState(branch, head, git);
    const name = entry.digest ?? entry.newTag;
    if (name !== undefined) note(name, `pinned in ${target.environment}`);
    if (history === 0) return;
    const seen = new Set([name]);
    for await (const { entry: before } of imageCommits(branch, head, { file, image: git.image })) {
      const image = before.digest ?? before.newTag;
      if (image === undefined || seen.has(image)) continue;
      seen.add(image);
      note(image, `ran in ${target.environment} before`);
      if (seen.size > history) return;
    }
  });
}

/** @throws CliError when it is not the cluster of the environment: in another one, nothing would need the images. */
async function clusterUses(
  cluster: KubernetesClient,
  { gitops, environment }: DeclaredImage,
  name: string,
  note: Note,
): Promise<void> {
  const namespace = await cluster.find(`/api/v1/namespaces/${encodeURIComponent(gitops.namespace)}`);
  if (namespace === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `it has no namespace ${gitops.namespace}: is it the cluster of ${environment}?`,
      `at ${cluster.where}`,
      "name its context with --context",
    );
  }
  for (const [path, what] of KINDS) noteImages(JSON.stringify(await cluster.get(path)), name, what, note);
  for (const [path, what] of OPTIONAL_KINDS) {
    const found = await cluster.find(path);
    if (found !== undefined) noteImages(JSON.stringify(found), name, what, note);
  }
}

/** Notes all that the text of objects says: a digest anywhere, and a tag behind the name of the repository. */
export function noteImages(text: string, name: string, what: string, note: Note): void {
  for (const [digest] of text.matchAll(DIGEST)) note(digest, what);
  for (const rest of text.split(`${name}:`).slice(1)) {
    const [, tag] = /^(\w[\w.-]{0,127})/.exec(rest) ?? [];
    if (tag !== undefined) note(tag, what);
  }
}

async function functionUses({ region }: DeclaredImage, note: Note): Promise<void> {
  const client = new LambdaClient({ region });
  try {
    for await (const { Functions = [] } of paginateListFunctions({ client }, { FunctionVersion: "ALL" })) {
      for (const { PackageType, CodeSha256 = "", FunctionName = "", Version = "" } of Functions) {
        if (PackageType === "Image")
          note(`sha256:${CodeSha256}`, `version ${Version} of function ${FunctionName}`);
      }
    }
  } catch (error) {
    throw unreachable(error);
  }
}
