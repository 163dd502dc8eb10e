import type { Service } from "../service";

export const monitoring: Service = {
  name: "monitoring",
  engine: "moto",
  why: "alarms are clean; MiniStack's drift",
  patches: ["alarms.py", "composite.py"],
};
