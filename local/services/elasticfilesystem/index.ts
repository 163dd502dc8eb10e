import type { Service } from "../service";

export const elasticfilesystem: Service = {
  name: "elasticfilesystem",
  engine: "moto",
  why: "mount targets are in subnets of EC2, which is moto's; MiniStack looks for them in itself",
  patches: ["patch.py"],
};
