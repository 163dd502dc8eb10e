import type { Service } from "../service";
import { Balancers } from "./balancers";
import { corrections } from "./corrections";

export const elasticloadbalancing: Service = {
  name: "elasticloadbalancing",
  engine: "moto",
  why: "listeners with certificates are clean; requests are led to targets here",
  patches: ["network.py"],
  operations: ({ hosts }) => new Balancers(hosts),
  corrections: ({ hosts }) => corrections(hosts),
};
