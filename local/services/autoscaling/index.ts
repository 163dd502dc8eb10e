import type { Service } from "../service";

export const autoscaling: Service = {
  name: "autoscaling",
  engine: "moto",
  why: "better",
};
