import type { Fault } from "../core/errors";

/** Jobs are known by GitHub's runner scale sets, and not by webhooks. */
export interface ScaleSetSettings {
  /** Image of the listener, by its digest: `groundplan artifact publish runner-listener` says it. */
  readonly image: string;

  /**
   * Processor of the image.
   *
   * @default "X86_64"
   */
  readonly architecture?: "ARM64" | "X86_64";
}

/** The faults of its settings. */
export function scaleSetFaults({ image }: ScaleSetSettings): readonly Fault[] {
  if (image.includes("${") || /^[\w.:/-]+@sha256:[0-9a-f]{64}$/.test(image)) return [];
  return [
    {
      what: `scaleSets.image ${JSON.stringify(image)} is not an image by its digest`,
      instead:
        'use e.g. "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/runner-listener@sha256:…", as groundplan artifact publish runner-listener says it',
    },
  ];
}
