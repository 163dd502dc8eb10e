import type { Architecture } from "./instance-families";

/** An image of nodes that EKS keeps up to date. */
export type NodeImage = "al2023" | "al2023-nvidia" | "al2023-neuron" | "bottlerocket" | "bottlerocket-nvidia";

/** What EKS calls an image, and where AWS says what its newest release is. */
export interface ImageOfNodes {
  /** AMI type of EKS. */
  readonly amiType: string;

  /** SSM parameter whose value is the newest release, for a Kubernetes version. */
  readonly newestRelease: (version: string) => string;

  /** Device of the volume that holds images and the pods' data. */
  readonly dataDevice: "/dev/xvda" | "/dev/xvdb";
}

type ImagesOfNodes = Readonly<Record<NodeImage, Readonly<Partial<Record<Architecture, ImageOfNodes>>>>>;

function al2023(amiType: string, architecture: Architecture, variant: string): ImageOfNodes {
  return {
    amiType,
    newestRelease: (version) =>
      `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/${architecture}/${variant}/recommended/release_version`,
    dataDevice: "/dev/xvda",
  };
}

function bottlerocket(amiType: string, architecture: Architecture, variant = ""): ImageOfNodes {
  return {
    amiType,
    newestRelease: (version) =>
      `/aws/service/bottlerocket/aws-k8s-${version}${variant}/${architecture}/latest/image_version`,
    // The first volume is the operating system's own, and read-only.
    dataDevice: "/dev/xvdb",
  };
}

/**
 * The images of nodes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html
 */
export const NODE_IMAGES: ImagesOfNodes = {
  al2023: {
    x86_64: al2023("AL2023_x86_64_STANDARD", "x86_64", "standard"),
    arm64: al2023("AL2023_ARM_64_STANDARD", "arm64", "standard"),
  },
  "al2023-nvidia": {
    x86_64: al2023("AL2023_x86_64_NVIDIA", "x86_64", "nvidia"),
    arm64: al2023("AL2023_ARM_64_NVIDIA", "arm64", "nvidia"),
  },
  "al2023-neuron": { x86_64: al2023("AL2023_x86_64_NEURON", "x86_64", "neuron") },
  bottlerocket: {
    x86_64: bottlerocket("BOTTLEROCKET_x86_64", "x86_64"),
    arm64: bottlerocket("BOTTLEROCKET_ARM_64", "arm64"),
  },
  "bottlerocket-nvidia": {
    x86_64: bottlerocket("BOTTLEROCKET_x86_64_NVIDIA", "x86_64", "-nvidia"),
    arm64: bottlerocket("BOTTLEROCKET_ARM_64_NVIDIA", "arm64", "-nvidia"),
  },
};
