import type { Service } from "../service";
import { callerIdentity } from "./caller-identity";

export const sts: Service = {
  name: "sts",
  engine: "ministack",
  why: "an access key of 12 digits is that account, as the bucket owner checks need",
  corrections: ({ credentials }) => [callerIdentity(credentials)],
};
