import { fitName, NAME_RULES } from "../core/names";
import { partitionOf } from "../core/partition";
import type { Place } from "../core/place";

/** Tag by which all that a build makes is told from everything else of the account; its value is the image's name. */
export const IMAGE_TAG = "groundplan:image";

/** Where images of an environment belong. */
export interface ImagePlace {
  /** What begins names that are unique in an account, e.g. `groundplan-dev`. */
  readonly prefix: string;

  /** Where its parameters lie. */
  readonly place: Place;

  /** AWS Region. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;
}

/** What begins the names of the parameters of an environment's images. */
export function imageParameterPath({ platform, environment }: Place): string {
  return `/${platform}/${environment}/images`;
}

/** Alias of the key that encrypts private images. */
export function imageKeyAlias(prefix: string): string {
  return `alias/${prefix}-images`;
}

/** Name of the role and the profile of the builder's machine: roles are the account's, so the Region is in it. */
export function builderMachineName({ prefix, region }: Pick<ImagePlace, "prefix" | "region">): string {
  return fitName(`${prefix}-image-builder-${region}`, NAME_RULES.role.maxLength);
}

/** ARN of that role in whichever Region: its name ends with it, or with what a name that is too long is cut to. */
export function builderMachineRoleArns(at: ImagePlace): string {
  return `arn:${partitionOf(at.region)}:iam::${at.account}:role/${builderMachineName({ ...at, region: "*" })}`;
}
