import type { Service } from "../service";
import { tellInstances } from "./tell-instances";

export const autoscaling: Service = {
  name: "autoscaling",
  engine: "moto",
  why: "better",
  corrections: ({ hosts }) => [tellInstances(hosts)],
  patches: ["groups.py"],
};
