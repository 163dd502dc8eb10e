import { type BuiltImage, buildImage } from "../artifact/image/build";
import { currentImages, listImages } from "../artifact/image/overview";
import { deployImage, type PromotedImage, promoteImage } from "../artifact/image/promote";
import { type PublishedImage, publishImage } from "../artifact/image/publish";
import { shortDigest } from "../artifact/image/reference";
import { rollBackImage } from "../artifact/image/rollback";
import { checkSyft } from "../artifact/image/sbom";
import { ImageSession } from "../artifact/image/session";
import { signingIdentity } from "../artifact/image/signing";
import { configuredTrust, trustOf } from "../artifact/image/trust";
import { checkTypes } from "../artifact/lambda/typecheck";
import { shortCommit, table } from "../artifact/overview";
import type { Service } from "../artifact/service";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { megabytes } from "../console/words";
import { type Progress, runSteps } from "../progress/tasks";
import { findProject } from "../project/project";
import { type ImageFlags, refuseOptions } from "./artifact-image-options";

interface Flags extends ImageFlags {
  readonly json?: boolean;
  readonly skipSynth?: boolean;
  readonly to?: string;
  readonly from?: string;
  readonly expect?: string;
  readonly typecheck?: boolean;
}

/** Builds, and says where it lies. */
export async function buildImageCommand(service: Service, flags: Flags): Promise<void> {
  const image = await oneStep(`Build ${service.name}`, flags, (progress) => build(service, flags, progress));
  const { digest, commit, tag, builder, platform, layout, size } = image;
  if (flags.json) {
    const { folder } = layout;
    return sayDocument("groundplan.image.build", service, {
      digest,
      commit,
      tag,
      builder,
      platform,
      folder,
      size,
    });
  }
  say(
    line`${paint.good("Built")} ${paint.strong(digest)} with ${builder}: ${megabytes(size)}, ${layout.folder}`,
  );
}

async function build(service: Service, flags: Flags, progress: Progress): Promise<BuiltImage> {
  if (flags.typecheck ?? true) {
    progress("checking the types");
    // What modules alone have is no error of types: the bundler says whether it can be.
    await checkTypes(service, Promise.resolve(true));
  }
  const { builder, base, buildArg, platform, cache } = flags;
  return buildImage(
    findProject(),
    service,
    {
      ...(builder === undefined ? {} : { builder }),
      ...(base === undefined ? {} : { base }),
      ...(buildArg === undefined ? {} : { arguments: buildArg }),
      ...(platform === undefined ? {} : { platform }),
      ...(cache === undefined ? {} : { cache }),
    },
    progress,
  );
}

/** Builds, pushes, signs. */
export async function publishImageCommand(service: Service, flags: Flags): Promise<void> {
  refuseOptions("image", flags);
  const identity = signingIdentity(flags.key);
  // Before minutes of building: what the end of it needs.
  if (flags.sbom !== false) await checkSyft();
  const session = await ImageSession.begin(service.name, flags);
  const trust = configuredTrust(session.project);
  const published = await oneStep(`Publish ${service.name}`, flags, async (progress) => {
    const image = await build(service, flags, progress);
    checkExpected(image, flags.expect);
    return publishImage({
      session,
      image,
      identity,
      trust,
      tags: flags.tag ?? [],
      sbom: flags.sbom ?? true,
      progress,
    });
  });
  if (flags.json) return sayDocument("groundplan.image.publish", service, published);
  sayPublished(published);
}

function sayPublished({ digest, repository, isNew, attached, signedBy, tags, size }: PublishedImage): void {
  const what = isNew ? paint.good("Published") : paint.good("Published before");
  say(line`${what}: ${paint.strong(digest)}, ${megabytes(size)}, ${repository}`);
  say(line`  tags: ${tags.join(", ")}`);
  if (attached.length > 0) say(line`  signed by ${signedBy}: ${attached.join(", ")}`);
}

/** @throws CliError when something else was built than another job says. */
function checkExpected({ service, digest }: BuiltImage, expected: string | undefined): void {
  if (expected === undefined || digest === expected || digest === `sha256:${expected}`) return;
  throw new CliError(
    EXIT.FAILED,
    `the build of ${service} is ${digest}, and ${expected} was expected`,
    "nothing was published",
    "build from the same commit with the same lockfile, builder and base",
  );
}

/** Lists what is published. */
export async function listImagesCommand(service: Service, flags: Flags): Promise<void> {
  const session = await ImageSession.begin(service.name, flags);
  const { images, unseen } = await listImages(session);
  // Where nothing can be seen, nobody knows whether there is nothing.
  const isBlind = images.length === 0 && Object.keys(unseen).length > 0;
  if (isBlind) process.exitCode = EXIT.MISSING;
  if (flags.json) return sayDocument("groundplan.image.list", service, { images, unseen });
  if (images.length === 0 && !isBlind) say(line`Nothing of ${service.name} is published.`);
  if (images.length > 0) {
    table(
      ["image", "commit", "published", "size", "in", "pinned in"],
      images.map(({ digest, commit, time, size, environments, pinnedIn }) => [
        shortDigest(digest),
        commit === null ? "-" : shortCommit(commit),
        time.slice(0, 16).replace("T", " "),
        megabytes(size),
        environments.join(", "),
        pinnedIn.join(", ") || "-",
      ]),
    );
  }
  for (const [environment, why] of Object.entries(unseen)) say(line`${paint.warning(environment)}: ${why}`);
}

/** Shows what each environment is pinned to. */
export async function currentImagesCommand(service: Service, flags: Flags): Promise<void> {
  const session = await ImageSession.begin(service.name, flags);
  const environments = await currentImages(session);
  if (flags.json) return sayDocument("groundplan.image.current", service, { environments });
  table(
    ["environment", "image", "commit", "state"],
    environments.map(({ environment, digest, image, commit, state }) => [
      environment,
      digest === null ? (image ?? "-") : shortDigest(digest),
      commit === null ? "-" : shortCommit(commit),
      state,
    ]),
  );
}

/** Pins an image of the environment's repository. */
export async function deployImageCommand(service: Service, environment: string, flags: Flags): Promise<void> {
  const { session, target, trust } = await beginPin(service, environment, flags);
  const done = await oneStep(`Deploy ${service.name} to ${environment}`, flags, (progress) =>
    deployImage(session, target, flags.to, { ...approval(flags), trust, progress }),
  );
  sayPinned(service, done, "deployed", flags);
}

/** Brings the image of the environment before. */
export async function promoteImageCommand(
  service: Service,
  environment: string,
  flags: Flags,
): Promise<void> {
  const { session, target, trust } = await beginPin(service, environment, flags);
  const done = await oneStep(`Promote ${service.name} to ${environment}`, flags, (progress) =>
    promoteImage(session, target, {
      ...approval(flags),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      trust,
      progress,
    }),
  );
  sayPinned(service, done, "promoted", flags);
}

/** Pins what ran before. */
export async function rollBackImageCommand(
  service: Service,
  environment: string,
  flags: Flags,
): Promise<void> {
  const { session, target, trust } = await beginPin(service, environment, flags);
  const { digest, from, git } = await oneStep(
    `Roll back ${service.name} in ${environment}`,
    flags,
    (progress) =>
      rollBackImage(session, target, {
        ...(flags.to === undefined ? {} : { to: flags.to }),
        ...(flags.reason === undefined ? {} : { reason: flags.reason }),
        ...approval(flags),
        trust,
        progress,
      }),
  );
  sayOutcome(
    service,
    { environment, digest, before: from, changed: git.changed, revision: git.commit },
    "rolled back",
    flags,
  );
}

function begin(service: Service, flags: Flags): Promise<ImageSession> {
  refuseOptions("image", flags);
  return ImageSession.begin(service.name, { ...flags, fresh: !flags.skipSynth });
}

/** What every pin of an image needs: where it is pinned, and whose signatures count. */
async function beginPin(service: Service, environment: string, flags: Flags) {
  const session = await begin(service, flags);
  return { session, target: session.target(environment), trust: trustOf(session.project, flags.key) };
}

function approval({ approve }: Flags): { readonly approve?: boolean } {
  return approve === undefined ? {} : { approve };
}

function sayPinned(service: Service, done: PromotedImage, outcome: string, flags: Flags): void {
  const { environment, from, digest, pin } = done;
  const before = pin.before.digest;
  sayOutcome(
    service,
    { environment, from, digest, before, changed: pin.changed, revision: pin.commit },
    outcome,
    flags,
  );
}

interface Outcome {
  readonly environment: string;
  readonly from?: string | undefined;
  readonly digest: string;
  readonly before: string | undefined;
  readonly changed: boolean;
  readonly revision: string;
}

function sayOutcome(service: Service, done: Outcome, outcome: string, { json }: Flags): void {
  const { environment, digest, changed, revision } = done;
  if (json) {
    const { from = null, before = null } = done;
    const content = { ...done, from, before, outcome: changed ? outcome : "unchanged" };
    sayDocument("groundplan.image.pin", service, content);
    return;
  }
  say(
    changed
      ? line`${paint.good("Pinned")} ${paint.strong(digest)} in ${environment}: commit ${paint.strong(revision)}`
      : line`${paint.good("Unchanged")}: ${environment} is pinned to ${shortDigest(digest)} since commit ${revision}`,
  );
  say(line`  wait for it: npx groundplan gitops wait ${environment} --revision ${revision}`);
}

/** Prints a document with its name and version in front. */
export function sayDocument(format: `groundplan.${string}`, { name }: Service, content: object): void {
  sayJson({ format, version: 1, service: name, ...content });
}

/** Runs one step that tells what it does. */
export async function oneStep<T>(
  title: string,
  { json = false }: { readonly json?: boolean },
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const results: T[] = [];
  const step = {
    title,
    tells: true,
    run: async (_: object, progress: Progress) => {
      results.push(await work(progress));
      return undefined;
    },
  };
  await runSteps([step], {}, json);
  return results[0] as T;
}
