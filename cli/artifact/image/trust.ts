import type { KeyObject } from "node:crypto";
import { resolve } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { page } from "../../console/pages";
import { readInputFile } from "../../input/file";
import type { Project } from "../../project/project";
import { readSettings } from "../../project/settings";
import { presentManifest } from "./copy";
import type { Descriptor } from "./manifest";
import { shortDigest } from "./reference";
import type { ImageRepository } from "./registry";
import { KEY_VARIABLE } from "./signing";
import { PREDICATE, type PredicateName, type Statement } from "./statement";
import { publicKeyOf, type Trust, verifyBundle } from "./verification";

/** Largest file of a key, in bytes. */
const LARGEST_KEY = 20_000;

/** Media type of what Sigstore writes beside an image. */
export const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Largest bundle that is read, in bytes: an SBOM of a large image is in it. */
const LARGEST_BUNDLE = 64 * 2 ** 20;

/**
 * Whose signatures count: as the settings say, or the one key that is named.
 *
 * @throws CliError when nothing says it: an image that anybody may have signed is as good as unsigned.
 */
export function trustOf(project: Project, keyFile: string | undefined, env = process.env): Trust {
  const named = keyFile ?? env[KEY_VARIABLE];
  // Who names one key means that one, and nobody beside it.
  if (named !== undefined) return { keys: [keyOf(resolve(named))], identities: [] };
  const trust = configuredTrust(project);
  if (trust.keys.length + trust.identities.length > 0) return trust;
  throw new CliError(
    EXIT.MISSING,
    "nothing says whose signatures of images count",
    'write it into cdktf.json, e.g. "groundplan": { "images": { "keys": ["keys/image.pub"] } }',
    `or name one key with --key or ${KEY_VARIABLE}: ${page("delivery")}`,
  );
}

/** Whose signatures count as the settings say; nobody's where they say nothing. */
export function configuredTrust(project: Project): Trust {
  const { keys = [], identities = [] } = readSettings(project).images ?? {};
  return { keys: keys.map((file) => keyOf(resolve(project.root, file))), identities };
}

function keyOf(path: string): KeyObject {
  return publicKeyOf(readInputFile(path, { bytes: LARGEST_KEY }, "name the file of a key"), path);
}

/** What is known of an image by signatures that count. */
export interface Verification {
  /** Who signed it. */
  readonly by: string;

  /** What was said of it, by those that count. */
  readonly statements: readonly Statement[];
}

/** What was attached to an image, and what of it counts. */
export interface Attached {
  readonly statements: readonly { readonly statement: Statement; readonly by: string }[];

  /** Why the others do not count. */
  readonly faults: readonly { readonly fault: string; readonly foreign: boolean }[];
}

/** Reads what is attached to an image, and verifies each. */
export async function attachedTo(
  repository: ImageRepository,
  digest: string,
  trust: Trust,
): Promise<Attached> {
  const statements: { statement: Statement; by: string }[] = [];
  const faults: { fault: string; foreign: boolean }[] = [];
  for (const referrer of await repository.referrers(digest)) {
    const content = await bundleOf(repository, referrer);
    if (content === undefined) continue;
    const verified = await verifyBundle(content, digest, trust);
    if ("fault" in verified) faults.push(verified);
    else statements.push(verified);
  }
  return { statements, faults };
}

async function bundleOf(repository: ImageRepository, referrer: Descriptor): Promise<Uint8Array | undefined> {
  const manifest = await presentManifest(repository, referrer.digest);
  const layer = manifest.blobs.find(({ mediaType }) => mediaType === BUNDLE_TYPE);
  if (layer === undefined || layer.size > LARGEST_BUNDLE) return undefined;
  return repository.blob(layer.digest);
}

/**
 * Verifies that somebody who counts has signed an image.
 *
 * @throws CliError when nobody has, or only others.
 */
export async function verifyImage(
  repository: ImageRepository,
  digest: string,
  trust: Trust,
): Promise<Verification> {
  const { statements, faults } = await attachedTo(repository, digest, trust);
  const signature = statements.find(({ statement }) => statement.predicateType === PREDICATE.signature);
  if (signature) return { by: signature.by, statements: statements.map(({ statement }) => statement) };
  const where = `at ${repository.name}@${digest}`;
  const foreign = faults.filter((one) => one.foreign);
  if (foreign.length > 0) {
    throw new CliError(
      EXIT.FAILED,
      `image ${shortDigest(digest)} is signed by nobody who counts: ${[...new Set(foreign.map(({ fault }) => fault))].join("; ")}`,
      where,
      "publish it again by whom the settings name, or name the signer in cdktf.json, images",
    );
  }
  throw new CliError(
    EXIT.FAILED,
    faults.length > 0
      ? `image ${shortDigest(digest)} has a signature that is wrong: ${faults.map(({ fault }) => fault).join("; ")}`
      : `image ${shortDigest(digest)} is not signed`,
    where,
    "publish it again, which signs it: npx groundplan artifact publish",
  );
}

/** Whether something of a kind was said of an image by somebody who counts. */
export function says({ statements }: Attached, name: PredicateName): boolean {
  return statements.some(({ statement }) => statement.predicateType === PREDICATE[name]);
}

/** The commit of which an image's provenance says that it was built; undefined where none says it. */
export function commitOfProvenance({ statements }: Verification): string | undefined {
  for (const { predicateType, predicate } of statements) {
    if (predicateType !== PREDICATE.provenance) continue;
    const { buildDefinition } = predicate as {
      buildDefinition?: { externalParameters?: { commit?: unknown } };
    };
    const commit = buildDefinition?.externalParameters?.commit;
    if (typeof commit === "string") return commit;
  }
  return undefined;
}
