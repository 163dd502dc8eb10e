import type { Service } from "../service";
import { PublicRepositories } from "./repositories";

export const ecrPublic: Service = {
  name: "ecr-public",
  engine: "moto",
  why: "its repositories are the gateway's; moto refuses the rest",
  operations: ({ stateFile }) => new PublicRepositories(stateFile),
};
