import { IssuedCredentials } from "../../../local/credentials/issued";
import type { ServiceContext } from "../../../local/services/service";

/** Of services that keep nothing, and know no cluster. */
export const NOTHING_KEPT: ServiceContext = {
  stateFile: undefined,
  credentials: new IssuedCredentials(undefined),
  cluster: () => undefined,
};
