import type { Service } from "../service";

export const ssm: Service = {
  name: "ssm",
  engine: "moto",
  why: "parameters are clean, documents better",
};
