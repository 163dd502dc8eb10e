import type { Service } from "../service";
import { QueriesAndDetectors } from "./queries-and-detectors";

export const logs: Service = {
  name: "logs",
  engine: "ministack",
  why: "has the output of the functions that it runs",
  patches: ["event_ids.py"],
  operations: ({ stateFile }) => new QueriesAndDetectors(stateFile),
};
