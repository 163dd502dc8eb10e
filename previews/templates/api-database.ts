import { FargateService } from "@groundplan/modules/service";
import { Type } from "@sinclair/typebox";
import { previewDatabase } from "../database";
import { CONFIG } from "../input";
import { template } from "../template";

export default template(
  {
    summary: "An HTTP service in a container with a PostgreSQL database.",
    parameters: Type.Pick(CONFIG, ["container_port", "health_check_path"]),
  },
  (preview, { container_port: port = 80, health_check_path: path }) => {
    const database = previewDatabase(preview);
    const service = new FargateService(preview, "service", {
      ...preview.taskProps({ port, ...database.access }),
      route: preview.route(path),
      startsAfter: database.ready,
    });
    return { service, database };
  },
);
