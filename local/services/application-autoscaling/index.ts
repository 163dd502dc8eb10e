import type { Service } from "../service";
import { ScalableTargets } from "./targets";

export const applicationAutoscaling: Service = {
  name: "application-autoscaling",
  engine: "moto",
  why: "targets and policies are clean, but for tags",
  operations: ({ stateFile }) => new ScalableTargets(stateFile),
  patches: ["patch.py"],
};
