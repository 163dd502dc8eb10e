import type { Correction, Guard } from "../gateway/service";
import { expectedBucketOwner } from "./expected-bucket-owner";

/** What the emulators answer differently from AWS, mended. */
export const corrections: readonly Correction[] = [];

/** What the emulators carry out and AWS refuses. */
export const guards: readonly Guard[] = [expectedBucketOwner];
