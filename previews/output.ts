import type { FargateService } from "@groundplan/modules/service";
import { TerraformOutput } from "cdktf";
import { CONTAINER, type Preview } from "./preview";

/** What a template made; the output of the stack is made of it. */
export interface PreviewParts {
  /** The service that answers, or works without being asked. */
  readonly service?: FargateService;
}

/** Says what a preview is made of, in the output `preview`: `groundplan preview` knows it by that, and by nothing else. */
export function outputPreview(preview: Preview, { service }: PreviewParts): void {
  const route = service?.route;
  new TerraformOutput(preview, "preview", {
    description: "What groundplan preview works with",
    staticId: true,
    value: {
      ...(route ? { endpoint: `https://${preview.hostName}` } : {}),
      log_group: preview.logGroupName,
      cluster: preview.shared.clusterName,
      ...(service
        ? { service: service.serviceName, task_definition: service.taskDefinitionArn, container: CONTAINER }
        : {}),
      ...(route ? { listener_rule: route.listenerRuleArn, target_group: route.targetGroupArn } : {}),
      ...(route && preview.input.network === "shared"
        ? { wake_target_group: preview.shared.wakeTargetGroupArn }
        : {}),
    },
  });
}
