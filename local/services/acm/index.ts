import type { Service } from "../service";

export const acm: Service = {
  name: "acm",
  engine: "moto",
  why: "clean",
};
