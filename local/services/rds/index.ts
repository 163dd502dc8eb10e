import type { Service } from "../service";
import { Databases } from "./databases";
import { parameterSource } from "./parameter-source";

export const rds: Service = {
  name: "rds",
  engine: "moto",
  why: "groups and engines; instances of PostgreSQL run here, where moto has one resource id for all and drifts",
  operations: ({ stateFile, hosts }) => new Databases(stateFile, hosts),
  patches: ["reset_parameters.py"],
  corrections: () => [parameterSource],
};
