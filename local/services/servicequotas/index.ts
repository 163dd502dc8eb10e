import type { Service } from "../service";
import { publicAmis } from "./public-amis";

export const servicequotas: Service = {
  name: "servicequotas",
  engine: "moto",
  why: "MiniStack has none; of moto's, which are of VPC alone, those of EC2 are missing",
  corrections: () => [publicAmis],
};
