import { NODE_IMAGES } from "@groundplan/modules/cluster";
import { isReleaseOf, newestRelease, publishedRelease } from "../../../local/cluster/node-releases";

test("every parameter that the modules read has a release, and one that EKS takes", () => {
  const images = Object.values(NODE_IMAGES).flatMap((byArchitecture) => Object.values(byArchitecture));
  for (const { amiType, newestRelease: parameter } of images) {
    const release = publishedRelease(parameter("1.35"));
    expect(release).toBe(newestRelease("1.35", amiType));
    expect(isReleaseOf("1.35", String(release), amiType)).toBe(true);
  }
});

test.each([
  "/aws/service/eks/optimized-ami/1.20/amazon-linux-2023/x86_64/standard/recommended/release_version",
  "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/neuron/recommended/release_version",
  "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id",
  "/aws/service/bottlerocket/aws-k8s-1.20/arm64/latest/image_version",
  "/groundplan/dev/cluster",
])("nothing is published as %s", (parameter) => {
  expect(publishedRelease(parameter)).toBeUndefined();
});

test("planted fault: a release of another version is none", () => {
  expect(isReleaseOf("1.35", "1.34.4-20261110", "AL2023_x86_64_STANDARD")).toBe(false);
  expect(isReleaseOf("1.35", "1.51.0-5d9ac849", "AL2023_x86_64_STANDARD")).toBe(false);
});
