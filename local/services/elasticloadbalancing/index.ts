import type { Service } from "../service";

export const elasticloadbalancing: Service = {
  name: "elasticloadbalancing",
  engine: "moto",
  why: "listeners with certificates are clean",
};
