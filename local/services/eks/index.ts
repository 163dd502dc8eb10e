import type { Service } from "../service";
import { Eks } from "./api";

export const eks: Service = {
  name: "eks",
  engine: "gateway",
  why: "neither emulator can change a cluster",
  operations: ({ stateFile, credentials, cluster }) =>
    new Eks({ file: stateFile, credentials, local: cluster }),
};
