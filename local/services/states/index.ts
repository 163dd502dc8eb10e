import type { Service } from "../service";

export const states: Service = {
  name: "states",
  engine: "ministack",
  why: "versions, aliases and validation, and executions run; moto has none of these",
  patches: ["definition.py"],
};
