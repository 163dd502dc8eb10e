import type { Service } from "../service";

export const kinesis: Service = {
  name: "kinesis",
  engine: "ministack",
  why: "its records reach the functions that it runs",
};
