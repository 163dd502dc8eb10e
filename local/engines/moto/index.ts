import { join } from "node:path";
import type { Engine } from "../engine";

/** moto: most services, in one process that keeps its objects in a file. */
export const moto: Engine = {
  name: "moto",
  healthPath: "/moto-api/config",
  resetPath: "/moto-api/reset",
  // Emptied in this way, it writes nothing until it is filled.
  statePaths: {
    save: "/moto-api/groundplan/save",
    empty: "/moto-api/groundplan/suspend",
    load: "/moto-api/groundplan/resume",
  },
  environment: ({ persist, stateDirectory }) => ({
    ...(persist ? { MOTO_STATE: join(stateDirectory, "moto", "state") } : {}),
    // The gateway takes these headers off again.
    MOTO_DISABLE_GLOBAL_CORS: "true",
    // Without them, AWS's managed policies do not exist.
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
  }),
};
