/** Newest patch of each Kubernetes version that EKS offers, from which the releases of node images are named. */
export const PATCHES: Readonly<Record<string, string>> = {
  "1.31": "1.31.14",
  "1.32": "1.32.11",
  "1.33": "1.33.7",
  "1.34": "1.34.4",
  "1.35": "1.35.2",
  "1.36": "1.36.1",
};

/** Day of the node images that are emulated, by which their releases are named. */
const IMAGES_OF = "20261110";

/** Build of Bottlerocket that is emulated. */
const BOTTLEROCKET = "1.51.0-5d9ac849";

/** The newest release of the node images of a Kubernetes version. */
export function newestRelease(minor: string, amiType = "AL2023_x86_64_STANDARD"): string {
  return amiType.startsWith("BOTTLEROCKET") ? BOTTLEROCKET : `${PATCHES[minor]}-${IMAGES_OF}`;
}

/** Whether a release is one of the images of a Kubernetes version. */
export function isReleaseOf(minor: string, release: string, amiType: string): boolean {
  if (amiType.startsWith("BOTTLEROCKET")) return /^\d+\.\d+\.\d+-[0-9a-f]{8}$/.test(release);
  return new RegExp(`^${minor.replace(".", "\\.")}\\.\\d+-\\d{8}$`).test(release);
}

const OF_EKS =
  /^\/aws\/service\/eks\/optimized-ami\/(\d+\.\d+)\/amazon-linux-2023\/(?:x86_64\/(?:standard|nvidia|neuron)|arm64\/(?:standard|nvidia))\/recommended\/release_version$/;

const OF_BOTTLEROCKET =
  /^\/aws\/service\/bottlerocket\/aws-k8s-(\d+\.\d+)(?:-nvidia)?\/(?:x86_64|arm64)\/latest\/image_version$/;

/**
 * The newest release of node images, as AWS publishes it in a parameter of SSM; undefined for another parameter.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
 */
export function publishedRelease(parameter: string): string | undefined {
  const eks = OF_EKS.exec(parameter)?.[1];
  if (eks !== undefined) return eks in PATCHES ? newestRelease(eks) : undefined;
  const bottlerocket = OF_BOTTLEROCKET.exec(parameter)?.[1];
  return bottlerocket !== undefined && bottlerocket in PATCHES ? BOTTLEROCKET : undefined;
}
