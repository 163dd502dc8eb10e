import type { Service } from "../service";

export const executeApi: Service = {
  name: "execute-api",
  engine: "ministack",
  why: "calls the functions that it runs",
};
