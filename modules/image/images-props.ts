import type { Fault } from "../core/errors";
import { topicFaults } from "../observability/alarms";

/** What a team says of its machine images. */
export interface ImagesProps {
  /** Names of the images, e.g. `vxlan-graviton`; at least one. */
  readonly images: readonly string[];

  /** Accounts whose images a build may begin with, 12 digits each. */
  readonly baseOwners: readonly string[];

  /**
   * Whether the Region lets images of the account be public: `keep` leaves it as it is, `blocked` refuses new ones, `open`
   * lets them be. A release needs `open`.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
   */
  readonly publicAccess: "keep" | "blocked" | "open";

  /** SNS topics that hear of an image that failed. */
  readonly alarmTopicArns: readonly string[];
}

/** The faults of images: no name, one that EC2 or IAM would read otherwise, an account that is none, a topic that is none. */
export function imagesFaults({
  images,
  baseOwners,
  alarmTopicArns = [],
}: Pick<ImagesProps, "images" | "baseOwners"> & Partial<ImagesProps>): readonly Fault[] {
  const faults: Fault[] = [];
  if (images.length === 0)
    faults.push({ what: "no image is named", instead: 'name it, e.g. ["vxlan-graviton"]' });
  for (const image of images) {
    if (/^[a-z][a-z0-9-]{1,60}[a-z0-9]$/.test(image) && !image.includes("-dev-")) continue;
    faults.push({
      what: `image ${JSON.stringify(image)} is not 3 to 62 lower-case letters, digits and hyphens without "-dev-"`,
      instead: 'use e.g. "vxlan-graviton"',
    });
  }
  for (const owner of baseOwners) {
    if (/^\d{12}$/.test(owner)) continue;
    faults.push({
      what: `owner ${JSON.stringify(owner)} is not an AWS account`,
      instead: "use its 12 digits, e.g. 099720109477 of Canonical",
    });
  }
  return [...faults, ...topicFaults(alarmTopicArns)];
}
