import type { Service } from "../service";

export const s3express: Service = {
  name: "s3express",
  engine: "ministack",
  why: "as s3",
};
