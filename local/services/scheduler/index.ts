import type { Service } from "../service";

export const scheduler: Service = {
  name: "scheduler",
  engine: "ministack",
  why: "clean",
};
