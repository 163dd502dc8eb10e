import type { Pricing } from "../pricing";
import { ACCOUNT } from "./account";
import { DATA } from "./data";
import { FARGATE } from "./fargate";
import { INSTANCE } from "./instance";
import { KUBERNETES } from "./kubernetes";
import { LOAD_BALANCER } from "./load-balancer";
import { NETWORK } from "./network";
import { SERVERLESS } from "./serverless";
import { VOLUME } from "./volume";
import { WATCH } from "./watch";

/** Types of Terraform that have a price, by their names. */
export const PRICED: ReadonlyMap<string, Pricing> = new Map(
  [ACCOUNT, DATA, FARGATE, INSTANCE, KUBERNETES, LOAD_BALANCER, NETWORK, SERVERLESS, VOLUME, WATCH].flatMap(
    (types) => Object.entries(types),
  ),
);
