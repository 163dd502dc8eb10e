import type { Service } from "../service";

export const sns: Service = {
  name: "sns",
  engine: "ministack",
  why: "clean",
};
