import { type ImagesProps, imagesFaults } from "@groundplan/modules/image/images-props";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's machine images. */
export interface ImagesSettings extends ImagesProps {
  /** Whether the environment builds machine images: without it there is no stack `images`. Nothing else here is judged then. */
  readonly enabled: boolean;
}

/** Defaults of {@link ImagesSettings}: what `images/graviton-vxlan` needs. */
export const imagesDefaults: ImagesSettings = {
  enabled: false,
  images: ["vxlan-graviton"],
  // Canonical, which publishes Ubuntu.
  baseOwners: ["099720109477"],
  parameterPaths: [],
  publicAccess: "keep",
  alarmTopicArns: [],
};

/** Reports what is wrong with the images of an overlay. */
export function checkImages(faults: OverlayFaults, images: ImagesSettings): void {
  if (!images.enabled) return;
  faults.addAll("images", imagesFaults(images));
}
