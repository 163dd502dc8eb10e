import type { Correction, Guard } from "../gateway/service";
import { apiEndpoint } from "./apigateway";
import { ec2 } from "./ec2";
import { expectedBucketOwner } from "./expected-bucket-owner";

/** What the emulators answer differently from AWS, mended. */
export const corrections: readonly Correction[] = [ec2, apiEndpoint];

/** What the emulators carry out and AWS refuses. */
export const guards: readonly Guard[] = [expectedBucketOwner];
