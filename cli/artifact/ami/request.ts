import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import {
  A_VERSION,
  amiName,
  type Channel,
  dayOf,
  isImageName,
  isRegion,
  MOST_REGIONS,
  noVersion,
  shortCommit,
  versionOf,
} from "./names";

/** What an image is built of. */
export interface ImageSource {
  /** `owner/name` on GitHub; `local` elsewhere. */
  readonly repository: string;

  /** E.g. `refs/heads/main`; written by whoever names a branch. */
  readonly ref: string;

  /** Commit, 40 or 64 hexadecimal digits. */
  readonly sha: string;
}

/** How an image comes into its Regions: it is built in the first and copied, or built in each. */
export type Way = "copy" | "each";

/** An image that is to be built. */
export interface ImageRequest {
  readonly image: string;
  readonly channel: Channel;

  /** Of a tag its version, e.g. `1.2.0`; of a commit `dev-YYYYMMDD-<sha7>`. */
  readonly version: string;

  /** Name of the AMI in every Region. */
  readonly name: string;

  /** The first is where it is built. */
  readonly regions: readonly string[];
  readonly way: Way;

  /** Whether its snapshots are encrypted: those of a release are not, since an encrypted AMI cannot be public. */
  readonly encrypted: boolean;

  /** ARN or alias of the key. @default - the account's own for EBS */
  readonly kmsKey?: string;

  /** By which everything of this build is found again. */
  readonly run: string;
  readonly source: ImageSource;
  readonly time: Date;
}

/** What a request is made of, as a command and its variables say it. */
export interface RequestOptions {
  readonly image: string;

  /** Tag of a release. @default - it is none */
  readonly tag?: string | undefined;
  readonly regions: readonly string[];
  readonly way: Way;

  /** @default - a private image is encrypted, and a release is not */
  readonly encrypted?: boolean | undefined;
  readonly kmsKey?: string | undefined;
  readonly run: string;
  readonly source: ImageSource;
  readonly time: Date;
}

/**
 * A request whose parts agree.
 *
 * @throws CliError with all that is wrong with it: nothing has been built by then.
 */
export function imageRequest(options: RequestOptions): ImageRequest {
  const faults = requestFaults(options);
  if (faults.length > 0) {
    const [first = "", ...lines] = faults.flat();
    throw new CliError(EXIT.USAGE, first, ...lines);
  }
  const { image, tag, regions, way, kmsKey, run, source, time } = options;
  const release = tag === undefined ? undefined : versionOf(tag);
  const common = { image, regions, way, run, source, time };
  const encrypted = options.encrypted ?? release === undefined;
  return {
    ...common,
    ...(kmsKey === undefined ? {} : { kmsKey }),
    encrypted,
    channel: release === undefined ? "dev" : "release",
    version: release ?? `dev-${dayOf(time)}-${shortCommit(source.sha)}`,
    name: amiName(image, release === undefined ? { time, sha: source.sha } : { version: release }),
  };
}

/** What is wrong, each with what to do. */
export function requestFaults({
  image,
  tag,
  regions,
  encrypted,
  kmsKey,
  run,
  source,
}: RequestOptions): readonly (readonly string[])[] {
  const faults: (readonly string[])[] = [];
  if (!isImageName(image))
    faults.push([
      `image ${JSON.stringify(image.slice(0, 100))} is not a name`,
      "use 3 to 62 lower-case letters, digits and hyphens, without -dev-",
    ]);
  if (tag !== undefined && versionOf(tag) === undefined) faults.push([noVersion(tag), A_VERSION]);
  if (tag !== undefined && (encrypted || kmsKey !== undefined))
    faults.push([
      "a release is not encrypted: an encrypted AMI cannot be public",
      "build it without --encrypted and --kms-key, or without --tag for a private image",
    ]);
  if (encrypted === false && kmsKey !== undefined)
    faults.push(["--kms-key names a key, and the image is not to be encrypted", "take one of the two away"]);
  if (kmsKey !== undefined && !kmsKey.startsWith("alias/") && regions.length > 1)
    faults.push([
      `key ${JSON.stringify(kmsKey.slice(0, 100))} is of one Region, and the image goes to ${regions.length}`,
      "name an alias that every Region has, e.g. --kms-key alias/images",
    ]);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(source.sha))
    faults.push([
      `commit ${JSON.stringify(source.sha.slice(0, 70))} is not a commit`,
      "run it in a checkout, or set GITHUB_SHA",
    ]);
  if (!/^[\w.-]{1,100}$/.test(run))
    faults.push([
      `run ${JSON.stringify(run.slice(0, 120))} is not an id`,
      "use letters, digits, dots, hyphens and underscores",
    ]);
  return [...faults, ...regionFaults(regions)];
}

/** What is wrong with a list of Regions. */
export function regionFaults(regions: readonly string[]): readonly (readonly string[])[] {
  const wrong = regions.filter((one) => !isRegion(one));
  const twice = regions.filter((one, at) => regions.indexOf(one) !== at);
  return [
    ...(regions.length === 0 ? [["in which Regions?", "name them: --regions us-east-1,us-west-2"]] : []),
    ...(regions.length > MOST_REGIONS ? [[`${regions.length} Regions are more than ${MOST_REGIONS}`]] : []),
    ...wrong.map((one) => [`${JSON.stringify(one.slice(0, 50))} is not a Region`, "use e.g. us-east-1"]),
    ...[...new Set(twice)].map((one) => [`Region ${one} is named twice`, "name it once"]),
  ];
}

/** @throws CliError when a list of Regions cannot be taken. */
export function requireRegions(regions: readonly string[]): readonly string[] {
  const [first] = regionFaults(regions);
  if (first) throw new CliError(EXIT.USAGE, ...first);
  return regions;
}
