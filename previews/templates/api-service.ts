import { FargateService } from "@groundplan/modules/service";
import { Type } from "@sinclair/typebox";
import { CONFIG } from "../input";
import { template } from "../template";

export default template(
  {
    summary: "An HTTP service in a container, behind a load balancer.",
    parameters: Type.Pick(CONFIG, ["container_port", "health_check_path"]),
  },
  (preview, { container_port: port = 80, health_check_path: path }) => ({
    service: new FargateService(preview, "service", {
      ...preview.taskProps({ port }),
      route: preview.route(path),
    }),
  }),
);
