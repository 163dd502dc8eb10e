import type { Service } from "../service";
import { dataTypes } from "./data-types";
import { publishedParameters } from "./published";

export const ssm: Service = {
  name: "ssm",
  engine: "moto",
  why: "parameters are clean, documents better",
  patches: ["image_parameters.py"],
  corrections: () => [publishedParameters, dataTypes],
};
