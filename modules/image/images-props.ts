import type { Fault } from "../core/errors";
import { topicFaults } from "../observability/alarms";

/** What a team says of its machine images. */
export interface ImagesProps {
  /** Names of the images, e.g. `vxlan-graviton`; at least one. */
  readonly images: readonly string[];

  /** Accounts whose images a build may begin with, 12 digits each. */
  readonly baseOwners: readonly string[];

  /**
   * What begins the names of further SSM parameters that hold AMI ids, e.g. `/golden`: a prune reads every parameter of the type
   * `aws:ec2:image` before it removes an AMI, and removes none where it may not.
   */
  readonly parameterPaths: readonly string[];

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
  parameterPaths = [],
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
  for (const path of parameterPaths) {
    // A part of a name with a pattern in it would read more than it says.
    if (/^(?:\/[A-Za-z0-9_.-]+){1,15}$/.test(path)) continue;
    faults.push({
      what: `parameter path ${JSON.stringify(path)} cannot begin the names of SSM parameters`,
      instead: 'use e.g. "/golden", without a slash at its end',
    });
  }
  return [...faults, ...topicFaults(alarmTopicArns)];
}
