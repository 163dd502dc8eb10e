import type { Correction, Guard } from "../gateway/service";
import { ec2 } from "./ec2";
import { expectedBucketOwner } from "./expected-bucket-owner";

/** What the emulators answer differently from AWS, mended. */
export const corrections: readonly Correction[] = [ec2];

/** What the emulators carry out and AWS refuses. */
export const guards: readonly Guard[] = [expectedBucketOwner];
