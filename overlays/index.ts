import { dev } from "./dev/environment";
import type { Environment } from "./environment";
import { prod } from "./prod/environment";
import { staging } from "./staging/environment";

/** All environments, in the order in which a change moves through them. */
export const environments: readonly Environment[] = [dev, staging, prod];
