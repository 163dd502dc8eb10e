import { hostname } from "node:os";
import { runUrlOf } from "../../github/event";
import { WorkFolder } from "../../process/work-folder";
import type { Progress } from "../../progress/tasks";
import type { DeclaredImage } from "../declaration";
import type { BuiltImage } from "./build";
import { attach, copyImage, layoutSource, refuseMovedTag, tagImage } from "./copy";
import { checkTags, shortDigest } from "./reference";
import type { ImageRepository } from "./registry";
import { sbomOf } from "./sbom";
import type { ImageSession } from "./session";
import { type SigningIdentity, signStatement } from "./signing";
import { PREDICATE, type PredicateName, provenanceOf, statementOf } from "./statement";
import { type Attached, attachedTo, BUNDLE_TYPE, says } from "./trust";
import type { Trust } from "./verification";

/** Properties of {@link publishImage}. */
export interface PublishProps {
  readonly session: ImageSession;
  readonly image: BuiltImage;
  readonly identity: SigningIdentity;

  /** Whose statements are taken for made already, those of {@link identity} beside them. */
  readonly trust: Trust;

  /** Tags beside that of the commit. */
  readonly tags: readonly string[];

  /** Whether what is in the image is listed. */
  readonly sbom: boolean;
  readonly progress: Progress;
  readonly env?: NodeJS.ProcessEnv;
}

/** What was published. */
export interface PublishedImage {
  readonly environment: string;
  readonly repository: string;
  readonly digest: string;
  readonly commit: string;
  readonly tags: readonly string[];
  readonly size: number;

  /** Whether the registry did not have it, whole and signed, before. */
  readonly isNew: boolean;

  /** What was signed and attached now. */
  readonly attached: readonly PredicateName[];
  readonly signedBy: string;
}

/**
 * Publishes an image into the repository of the first environment: its content by digest, then what is said of it, signed,
 * and its tags last. A tag that is there says that all is there; what a failure leaves is taken by the next run.
 */
export async function publishImage(props: PublishProps): Promise<PublishedImage> {
  const { session, image, tags, progress } = props;
  const target = session.target();
  checkTags(tags, target.immutableTags, target.repository);
  const repository = await session.repository(target);
  const { root } = image.layout;
  const tagged = await refuseMovedTag(repository, root, image.tag);
  progress(`pushing ${shortDigest(root.digest)} to ${target.repository}`);
  await copyImage(layoutSource(image.layout), root, repository);
  const attached = await attachMissing(props, repository);
  await tagImage(repository, root, image.tag);
  for (const tag of tags) await moveTag(repository, props, tag, target);
  return {
    environment: target.environment,
    repository: target.repository,
    digest: root.digest,
    commit: image.commit,
    tags: [image.tag, ...tags],
    size: image.size,
    isNew: !tagged || attached.length > 0,
    attached,
    signedBy: props.identity.name,
  };
}

/** Gives an image a tag that may move, where the repository lets it. */
async function moveTag(
  repository: ImageRepository,
  { image }: PublishProps,
  tag: string,
  { immutableTags }: DeclaredImage,
): Promise<void> {
  const { root } = image.layout;
  if (immutableTags) return tagImage(repository, root, tag);
  const there = await repository.manifest(tag);
  if (there?.digest !== root.digest) await repository.putManifest(root, tag);
}

/** Signs and attaches what is not said of the image yet: the signature last, for it says that the rest is there. */
async function attachMissing(
  props: PublishProps,
  repository: ImageRepository,
): Promise<readonly PredicateName[]> {
  const { image, identity, progress } = props;
  const { digest } = image;
  const known = await attachedTo(repository, digest, withOwn(props));
  const missing = missingOf(props, known);
  const predicates = await predicatesOf(props, missing);
  for (const name of missing) {
    progress(`signing and attaching ${name}`);
    const statement = statementOf(digest, PREDICATE[name], predicates[name] ?? {});
    await attach(repository, image.layout.root, await signStatement(statement, identity), BUNDLE_TYPE, {
      "org.opencontainers.image.created": new Date().toISOString(),
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": PREDICATE[name],
    });
  }
  return missing;
}

function missingOf({ sbom }: PublishProps, known: Attached): readonly PredicateName[] {
  const wanted: readonly PredicateName[] = [
    ...(sbom ? (["cyclonedx", "spdx"] as const) : []),
    "provenance",
    "signature",
  ];
  return wanted.filter((name) => !says(known, name));
}

function withOwn({ trust, identity }: PublishProps): Trust {
  const { publicKey } = identity;
  return publicKey === undefined ? trust : { ...trust, keys: [...trust.keys, publicKey] };
}

async function predicatesOf(
  { session, image, progress, env = process.env }: PublishProps,
  missing: readonly PredicateName[],
): Promise<Partial<Record<PredicateName, object>>> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = env;
  const provenance = provenanceOf(image, {
    repository:
      GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined,
    builder: runUrlOf(env) ?? `host:${hostname()}`,
    started: new Date().toISOString(),
  });
  if (!missing.includes("cyclonedx") && !missing.includes("spdx")) return { provenance };
  progress("listing what is in the image");
  const sbom = await WorkFolder.during(session.project, (work) => sbomOf(image.layout, work.path));
  return { provenance, ...sbom };
}
