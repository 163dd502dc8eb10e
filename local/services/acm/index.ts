import type { Service } from "../service";

export const acm: Service = {
  name: "acm",
  engine: "moto",
  why: "load balancers, which are moto's, look for certificates in it",
  patches: ["key_algorithm.py"],
};
