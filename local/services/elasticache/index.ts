import type { Service } from "../service";

export const elasticache: Service = {
  name: "elasticache",
  engine: "moto",
  why: "its subnets are those of EC2, which is moto's; MiniStack looks for them in itself",
  patches: ["patch.py"],
};
