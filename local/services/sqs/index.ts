import type { Service } from "../service";

export const sqs: Service = {
  name: "sqs",
  engine: "ministack",
  why: "redrive policies are clean",
};
