import type { Service } from "../service";
import { tellInstances } from "./tell-instances";

export const autoscaling: Service = {
  name: "autoscaling",
  engine: "moto",
  why: "better; instances wait at life-cycle hooks here",
  corrections: ({ hosts }) => [tellInstances(hosts)],
  patches: ["groups.py", "patch.py", "launch_hooks.py"],
};
