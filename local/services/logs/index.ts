import type { Service } from "../service";

export const logs: Service = {
  name: "logs",
  engine: "ministack",
  why: "has the output of the functions that it runs",
};
