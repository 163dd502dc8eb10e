import type { DeclaredImage } from "../artifact/declaration";
import type { ListedImage } from "../artifact/image/ecr";
import { pruneImages } from "../artifact/image/prune";
import { type ImagePrunePlan, imagePrunePlan } from "../artifact/image/prune-plan";
import { shortDigest } from "../artifact/image/reference";
import { ImageSession } from "../artifact/image/session";
import { leftUntagged } from "../artifact/image/untagged";
import { usesOf } from "../artifact/image/uses";
import { table } from "../artifact/overview";
import { DAY } from "../artifact/retention";
import type { Service } from "../artifact/service";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say } from "../console/output";
import { megabytes } from "../console/words";
import { KubernetesClient } from "../kubernetes/client";
import { oneStep, sayDocument } from "./artifact-image";
import type { ImageFlags } from "./artifact-image-options";
import { confirmed } from "./confirm";

/** Options of `prune`, whatever it prunes. */
export interface PruneFlags extends ImageFlags {
  readonly keep: number;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly skipSynth?: boolean;
}

/** Removes images of one environment that nobody needs: each has a repository and a cluster of its own. */
export async function pruneImagesCommand(
  service: Service,
  names: readonly string[],
  flags: PruneFlags,
): Promise<void> {
  const [environment] = names;
  if (environment === undefined || names.length > 1) {
    throw new CliError(
      EXIT.USAGE,
      "of which environment are images to be removed? each has a repository and a cluster of its own",
      `name one: npx groundplan artifact prune <environment> --service ${service.name} --context <its cluster>`,
    );
  }
  const { keep, olderThan, dryRun = false, json = false } = flags;
  const session = await ImageSession.begin(service.name, { ...flags, fresh: !flags.skipSynth });
  const target = session.target(environment);
  await session.check(target);
  const { kubeconfig, context } = flags;
  const cluster = KubernetesClient.of({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    env: process.env,
  });
  const uses = await usesOf(session, target, cluster, keep);
  const plan = imagePrunePlan(await imagesOf(session, target), uses, {
    keep,
    now: new Date(),
    ...(olderThan === undefined ? {} : { before: new Date(Date.now() - olderThan * DAY) }),
  });
  const { remove } = plan;
  if (!json) show(plan, environment, cluster.where);
  const question = line`Remove ${remove.length} images of ${target.repository}? This cannot be taken back.`;
  const wanted = !dryRun && remove.length > 0 && (await confirmed(question, flags.yes));
  const done = wanted
    ? await oneStep(`Prune ${target.repository}`, flags, (progress) =>
        pruneImages(session, target, plan, progress),
      )
    : { removed: dryRun ? remove : [], kept: [] };
  if (json) {
    return sayDocument("groundplan.image.prune", service, {
      environment,
      dryRun,
      removed: done.removed,
      kept: plan.kept.map(({ image, reasons }) => ({ digest: image.digest, reasons })),
      keptAfterAll: done.kept,
    });
  }
  if (!dryRun && !wanted && remove.length > 0) say(line`Nothing was changed.`);
  for (const one of done.kept) say(line`${paint.warning("Kept after all:")} ${one}`);
}

/** Images of an environment, with those that a publish has left without a tag. */
async function imagesOf(session: ImageSession, target: DeclaredImage): Promise<readonly ListedImage[]> {
  const ecr = session.ecr(target);
  const repository = await session.repository(target);
  const tagged = await ecr.images(target.repository);
  const untagged = await ecr.untagged(target.repository);
  return [...tagged, ...(await leftUntagged(tagged, untagged, (digest) => repository.manifest(digest)))];
}

function show({ remove, kept }: ImagePrunePlan, environment: string, cluster: string): void {
  say(line`What needs images of ${environment}: its branch, functions, and ${cluster}`);
  if (remove.length === 0) {
    say(line`None of ${kept.length} images can be removed: each is needed, or one of the newest.`);
    return;
  }
  table(
    ["left over", "tags", "pushed", "size"],
    remove.map(({ digest, tags, time, size }) => [
      shortDigest(digest),
      tags.join(", ") || "none",
      time.slice(0, 16).replace("T", " "),
      megabytes(size),
    ]),
  );
}
