import type { Service } from "../service";

export const dynamodb: Service = {
  name: "dynamodb",
  engine: "ministack",
  why: "conditional writes hold under load, so no state lock is lost; kept over a restart",
};
