import type { Service } from "../service";
import { accessKeys } from "./access-keys";

export const iam: Service = {
  name: "iam",
  engine: "moto",
  why: "has AWS's managed policies",
  corrections: ({ credentials }) => [accessKeys(credentials)],
  patches: ["service_credentials.py"],
};
