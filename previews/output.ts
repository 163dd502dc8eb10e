import type { FargateService, ScheduledTask } from "@groundplan/modules/service";
import { DataResource, TerraformDataSource, TerraformOutput, TerraformResource } from "cdktf";
import type { OneOffTask, PreviewDatabase } from "./database";
import { allowCopy, loadTask } from "./database-load";
import { CONTAINER, type Preview } from "./preview";

/** What a template made; the outputs of the stack are made of it. */
export interface PreviewParts {
  /** The service that answers, or works without being asked. */
  readonly service?: FargateService;

  /** The task that runs at its times. */
  readonly worker?: ScheduledTask;

  /** Its database. */
  readonly database?: PreviewDatabase;
}

/**
 * Lets the tasks reach the database, and says what a preview is made of, in the output `preview`: `groundplan preview`
 * knows it by that, and by nothing else. What is to be run before the service starts stands in `before_service`.
 */
export function completePreview(preview: Preview, parts: PreviewParts): void {
  const { service, worker, database } = parts;
  const runner = service ?? worker;
  const { migrate } = preview.input.config;
  const load = database && loadTask(preview, database);
  const migration =
    runner && migrate
      ? {
          id: "migrate",
          taskDefinitionArn: runner.task.oneOff("migrate", migrate),
          container: CONTAINER,
          logGroup: preview.logGroupName,
        }
      : undefined;
  if (runner) {
    database?.allowFrom(runner.securityGroupId);
    if (load) allowCopy(preview, runner.securityGroupId);
  }
  const place = {
    subnets: preview.network.privateSubnetIds,
    security_groups: runner ? [runner.securityGroupId] : [],
  };
  const oneOffs = (...tasks: readonly (OneOffTask | undefined)[]) =>
    tasks.flatMap((task) => (task ? [oneOffOf(preview, task, place)] : []));
  const before = oneOffs(database?.create, load, migration);
  if (before.length > 0) beforeService(preview, before);
  const route = service?.route;
  // Apart from the rest, so that it is known as soon as the database may be there: a migration may fail before the rest is.
  if (database?.drop) {
    new TerraformOutput(preview, "before-destroy", {
      description: "What is run, in this order, before the stack is destroyed",
      value: oneOffs(database.drop),
    }).overrideLogicalId("before_destroy");
  }
  new TerraformOutput(preview, "preview", {
    description: "What groundplan preview works with",
    staticId: true,
    value: {
      ...(route ? { endpoint: `https://${preview.hostName}` } : {}),
      log_group: preview.logGroupName,
      cluster: preview.shared.clusterName,
      ...(runner ? { task_definition: runner.task.taskDefinitionArn, container: CONTAINER } : {}),
      ...(service ? { service: service.serviceName } : {}),
      ...(route ? { listener_rule: route.listenerRuleArn, target_group: route.targetGroupArn } : {}),
      ...(route && preview.input.network === "shared"
        ? { wake_target_group: preview.shared.wakeTargetGroupArn }
        : {}),
      ...(worker ? { schedule: { group: worker.scheduleGroup, name: worker.scheduleName } } : {}),
      ...(database ? { database: database.output } : {}),
      ...(migration ? { migration: { task_definition: migration.taskDefinitionArn, ...place } } : {}),
    },
  });
}

function oneOffOf(preview: Preview, task: OneOffTask, place: object): object {
  return {
    id: task.id,
    task_definition: task.taskDefinitionArn,
    container: task.container,
    cluster: preview.shared.clusterName,
    log_group: task.logGroup,
    ...place,
  };
}

/** Resources that start the code, or send requests to it: what is run before must not wait for them. */
const STARTS =
  /^(?:aws_ecs_service|aws_lb_listener_rule|aws_appautoscaling_\w+|aws_scheduler_schedule|terraform_data)$/;

/**
 * One address by which Terraform makes all that a one-off task needs, and nothing that starts the code. What is read is
 * needed too: Terraform leaves out the output where a part of it, such as the cluster's name, is not below the address.
 */
function beforeService(preview: Preview, tasks: readonly object[]): void {
  const needed = preview.node
    .findAll()
    .filter(
      (node): node is TerraformResource | TerraformDataSource =>
        TerraformResource.isTerraformResource(node) || TerraformDataSource.isTerraformDataSource(node),
    )
    .filter((node) => !STARTS.test(node.terraformResourceType));
  new DataResource(preview, "before_service", { dependsOn: needed }).overrideLogicalId("before_service");
  new TerraformOutput(preview, "before-service", {
    description: "What is run, in this order, before the code starts",
    value: tasks,
  }).overrideLogicalId("before_service");
}
