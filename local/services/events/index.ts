import type { Service } from "../service";

export const events: Service = {
  name: "events",
  engine: "ministack",
  why: "clean",
  patches: ["service_events.py"],
};
