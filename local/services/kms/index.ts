import type { Service } from "../service";

export const kms: Service = {
  name: "kms",
  engine: "ministack",
  why: "clean; kept over a restart",
};
