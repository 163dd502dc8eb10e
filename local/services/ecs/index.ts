import type { Service } from "../service";
import { Ecs } from "./api";

export const ecs: Service = {
  name: "ecs",
  engine: "gateway",
  why: "neither emulator runs a task's containers, and services drift on three settings in moto",
  operations: ({ stateFile, hosts }) => new Ecs(stateFile, hosts),
};
