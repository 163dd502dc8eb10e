import { platform } from "../platform";
import { dev } from "./dev/environment";
import type { Environment } from "./environment";
import { prod } from "./prod/environment";
import { inPromotionOrder } from "./registration";
import { staging } from "./staging/environment";

/** All environments, in the order in which a change moves through them: `promotion` in `platform.ts`. */
export const environments: readonly Environment[] = inPromotionOrder(platform.promotion, [
  dev,
  staging,
  prod,
]);
