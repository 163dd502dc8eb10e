import type { Service } from "../service";

export const route53: Service = {
  name: "route53",
  engine: "moto",
  why: "clean",
};
