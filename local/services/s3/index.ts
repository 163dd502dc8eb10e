import type { Service } from "../service";
import { expectedBucketOwner } from "./expected-bucket-owner";

export const s3: Service = {
  name: "s3",
  engine: "ministack",
  why: "conditional writes and lock files hold under load; kept over a restart",
  guards: [expectedBucketOwner],
  patches: ["patch.py"],
};
