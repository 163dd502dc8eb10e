import type { Service } from "../service";
import { apiEndpoint } from "./endpoint";

export const apigateway: Service = {
  name: "apigateway",
  engine: "ministack",
  why: "calls the functions that it runs",
  corrections: () => [apiEndpoint],
  patches: ["patch.py", "vpc_links.py"],
};
