import { createSecureContext } from "node:tls";
import { IssuedCredentials } from "../../../local/credentials/issued";
import { Hosts } from "../../../local/hosts/hosts";
import type { ServiceContext } from "../../../local/services/service";

/** Of services that keep nothing, and know no cluster. */
export const NOTHING_KEPT: ServiceContext = {
  stateFile: undefined,
  credentials: new IssuedCredentials(undefined),
  hosts: new Hosts(
    {
      stateDirectory: "/nonexistent",
      gatewayPort: () => 0,
      sockets: {
        folder: "/nonexistent",
        aws: "/nonexistent/aws",
        metadata: "/nonexistent/metadata",
        instanceMetadata: "/nonexistent/instances",
        outward: "/nonexistent/outward",
      },
    },
    {
      contextOf: () => createSecureContext(),
      certificateOf: () => ({ certificate: "", key: "" }),
    },
  ),
  cluster: () => undefined,
};
