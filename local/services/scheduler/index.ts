import type { Service } from "../service";

export const scheduler: Service = {
  name: "scheduler",
  engine: "ministack",
  why: "clean, and fires",
  patches: ["patch.py"],
};
