import type { Service } from "../service";

export const secretsmanager: Service = {
  name: "secretsmanager",
  engine: "ministack",
  why: "clean; kept over a restart",
};
