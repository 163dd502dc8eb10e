import { join } from "node:path";
import type { Engine } from "../engine";

/** MiniStack: what keeps its word under load, and what runs functions. */
export const ministack: Engine = {
  name: "ministack",
  healthPath: "/_ministack/health",
  resetPath: "/_ministack/reset",
  statePaths: {
    save: "/_ministack/groundplan/save",
    empty: "/_ministack/reset",
    load: "/_ministack/groundplan/load",
  },
  environment({ account, region, persist, stateDirectory }, gatewayPort) {
    const state = join(stateDirectory, "ministack");
    return {
      // The port of the addresses that it tells, and that its functions call.
      GATEWAY_PORT: String(gatewayPort),
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      LOG_LEVEL: "WARNING",
      // Both would listen on ports of their own.
      SFTP_ENABLED: "0",
      IOT_MTLS_ENABLED: "0",
      STATE_DIR: join(state, "state"),
      S3_DATA_DIR: join(state, "s3"),
      PERSIST_STATE: persist ? "1" : "0",
      S3_PERSIST: persist ? "1" : "0",
    };
  },
};
