import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { RemoteBranch } from "../../git/remote-branch";
import { type ImageCommit, imageBefore, imageCommits } from "../../gitops/image-history";
import { readState } from "../../gitops/image-target";
import { imageMessage, imageText } from "../../gitops/message";
import { furtherBack, type ImageReverted, revertImage } from "../../gitops/revert-image";
import type { Progress } from "../../progress/tasks";
import type { DeclaredImage } from "../declaration";
import { assertKept, keepPinned } from "./pin";
import { shortDigest } from "./reference";
import type { ImageSession } from "./session";
import { verifyImage } from "./trust";
import type { Trust } from "./verification";

/** What may be said of a rollback. */
export interface RollbackOptions {
  /** Digest, or its beginning, of an image that ran there. @default - the one that ran before */
  readonly to?: string;
  readonly reason?: string;
  readonly approve?: boolean;
  readonly trust: Trust;
  readonly progress: Progress;
}

/** What a rollback came to. */
export interface RolledBackImage {
  readonly environment: string;
  readonly digest: string;
  readonly from: string | undefined;
  readonly git: ImageReverted;
}

/**
 * Pins what ran before, by a commit. A second rollback goes further back, and never forward. Before the commit, the image
 * is looked for and verified: Git would lead the cluster to what nobody can pull.
 *
 * @throws CliError when nothing ran before, or the image is gone.
 */
export async function rollBackImage(
  session: ImageSession,
  target: DeclaredImage,
  { to, reason, approve = false, trust, progress }: RollbackOptions,
): Promise<RolledBackImage> {
  const { environment, service } = target;
  const git = session.gitTarget(target);
  const found = await commitToReturnTo(session, target, to);
  const { digest, newName } = found.entry;
  const name = await session.imageName(target);
  if (digest === undefined || newName !== name) {
    throw new CliError(
      EXIT.FAILED,
      `what ran before is ${imageText(found.entry)}: not a digest of ${name}`,
      `at commit ${found.commit}`,
      "name an image of the repository with --to, or take the commit back in Git: npx groundplan gitops revert",
    );
  }
  progress(`verifying ${shortDigest(digest)}`);
  const repository = await session.repository(target);
  await verifyImage(repository, digest, trust);
  await keepPinned(session, target, repository, digest);
  progress(`pinning ${shortDigest(digest)} in ${environment}`);
  const reverted = await revertImage({
    ...git,
    to: found.commit,
    approve,
    ...(to === undefined ? { again: furtherBack(`--to ${shortDigest(digest)}`) } : {}),
    onProgress: progress,
    message: ({ entry, from, revertsTo }) =>
      imageMessage({
        action: "Roll back",
        environment,
        service,
        entry,
        env: process.env,
        ...(from ? { before: from } : {}),
        ...(reason === undefined ? {} : { reason }),
        ...(revertsTo === undefined ? {} : { revertsTo }),
      }),
  });
  await assertKept(repository, digest, target);
  return { environment, digest, from: reverted.from?.digest, git: reverted };
}

/** The commit whose image comes back. @throws CliError when there is none. */
function commitToReturnTo(
  session: ImageSession,
  target: DeclaredImage,
  to: string | undefined,
): Promise<ImageCommit> {
  const git = session.gitTarget(target);
  const { environment, service } = target;
  return RemoteBranch.during(git, async (branch) => {
    const head = await branch.fetch();
    const { file, entry, holds } = await readState(branch, head, git);
    const at = { file, image: git.image };
    const refused = new Set(holds[git.image]?.refused.map((one) => one.digest));
    const isBad = ({ digest }: ImageCommit["entry"]) => digest !== undefined && refused.has(digest);
    const found =
      to === undefined
        ? await imageBefore(branch, head, at, isBad)
        : await named(imageCommits(branch, head, at), to);
    if (found) return found;
    throw new CliError(
      EXIT.USAGE,
      to === undefined
        ? `nothing of ${service} ran in ${environment} before ${imageText(entry)}`
        : `no image of ${service} that ran in ${environment} begins with ${JSON.stringify(to)}`,
      `at ${branch.address}, branch ${branch.branch}`,
      `deploy another: npx groundplan artifact deploy ${environment} --service ${service} --to <digest or commit>`,
    );
  });
}

/** The newest commit that brought an image whose digest begins so. */
async function named(commits: AsyncIterable<ImageCommit>, to: string): Promise<ImageCommit | undefined> {
  const hex = to.replace(/^sha256:/, "");
  if (!/^[0-9a-f]{4,64}$/.test(hex)) return undefined;
  for await (const one of commits) if (one.entry.digest?.startsWith(`sha256:${hex}`)) return one;
  return undefined;
}
