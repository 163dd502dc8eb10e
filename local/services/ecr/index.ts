import type { Service } from "../service";
import { EcrRegistry } from "./api";
import { scanOnPush } from "./scan-on-push";

export const ecr: Service = {
  name: "ecr",
  engine: "moto",
  why: "repositories, scanning, replication and registry policies are clean",
  operations: ({ stateFile }) => new EcrRegistry(stateFile),
  corrections: () => [scanOnPush],
};
