import { valid } from "semver";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/** The image that this repository builds, unless another is named. */
export const IMAGE = "vxlan-graviton";

/** Where an image stands: of a commit of the main branch, or of a tag. */
export type Channel = "dev" | "release";

/** Whether a text names an image: with a date or a version behind it, it still fits into the name of an AMI. */
export function isImageName(text: string): boolean {
  return /^[a-z][a-z0-9-]{1,60}[a-z0-9]$/.test(text) && !text.includes("-dev-");
}

/**
 * The version of a tag: `v1.2.0` and `1.2.0` are both 1.2.0; undefined for a tag that is no version.
 *
 * One with build metadata is none: the name of an AMI takes no `+`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html, `Name`: 3 to 128 characters
 */
export function versionOf(tag: string): string | undefined {
  const text = tag.replace(/^refs\/tags\//, "").replace(/^v/, "");
  const version = text.length <= 60 && !/^[v=\s]/.test(text) && !text.includes("+") ? valid(text) : null;
  return version === text ? version : undefined;
}

/** @throws CliError for a tag that is no version. */
export function requireVersion(tag: string): string {
  const version = versionOf(tag);
  if (version !== undefined) return version;
  throw new CliError(EXIT.USAGE, noVersion(tag), A_VERSION);
}

/** What is said of a tag that is no version. */
export function noVersion(tag: string): string {
  return `tag ${JSON.stringify(tag.slice(0, 100))} is not a version`;
}

/** What to write for a version. */
export const A_VERSION = "use three numbers, e.g. v1.2.0 or v1.2.0-rc.1, without + and what follows it";

/** A commit in short, as names have it: 7 characters. */
export function shortCommit(sha: string): string {
  return sha.slice(0, 7);
}

/** A day as names have it, in UTC: YYYYMMDD. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll("-", "");
}

/** Name of an AMI: `<image>-dev-YYYYMMDD-<sha7>` of a commit, `<image>-<version>` of a tag. */
export function amiName(
  image: string,
  source: { readonly version: string } | { readonly time: Date; readonly sha: string },
): string {
  if ("version" in source) return `${image}-${source.version}`;
  return `${image}-dev-${dayOf(source.time)}-${shortCommit(source.sha)}`;
}

/** What the name of an AMI says of it; undefined for a name that is of another image, or of none. */
export function nameParts(
  image: string,
  name: string,
): { readonly channel: Channel; readonly version: string } | undefined {
  if (!name.startsWith(`${image}-`)) return undefined;
  const rest = name.slice(image.length + 1);
  if (/^dev-\d{8}-[0-9a-f]{7}$/.test(rest)) return { channel: "dev", version: rest };
  const version = versionOf(rest);
  return version === undefined ? undefined : { channel: "release", version };
}

/** Whether a text is the name of a Region, e.g. `eu-west-1`. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/.test(text);
}

/** Most Regions of a release: their names fit into one tag, of 256 characters. */
export const MOST_REGIONS = 16;
