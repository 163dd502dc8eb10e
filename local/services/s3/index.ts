import type { Service } from "../service";
import { AccountBlock } from "./account-block";
import { expectedBucketOwner } from "./expected-bucket-owner";

export const s3: Service = {
  name: "s3",
  engine: "ministack",
  why: "conditional writes and lock files hold under load; kept over a restart",
  operations: ({ stateFile }) => new AccountBlock(stateFile),
  guards: [expectedBucketOwner],
  patches: ["patch.py", "configurations.py", "kept.py", "managed_key.py", "presigned.py"],
};
