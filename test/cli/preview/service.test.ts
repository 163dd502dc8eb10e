import type { Service } from "@aws-sdk/client-ecs";
import { judgeDeployment } from "../../../cli/preview/service";

const OLD = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:1";
const NEW = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2";

const service = (...deployments: NonNullable<Service["deployments"]>): Service => ({
  status: "ACTIVE",
  desiredCount: 1,
  runningCount: 1,
  deployments,
});

test("a service runs what was asked for when its deployment is over, and no task of another runs", () => {
  const done = {
    status: "PRIMARY",
    taskDefinition: NEW,
    rolloutState: "COMPLETED",
    runningCount: 1,
  } as const;
  expect(judgeDeployment(service(done), NEW)).toEqual({ kind: "runs" });
  const old = { status: "ACTIVE", taskDefinition: OLD, runningCount: 1 } as const;
  expect(judgeDeployment(service(done, old), NEW).kind).toBe("goes on");
  expect(judgeDeployment(service({ ...done, rolloutState: "IN_PROGRESS" }), NEW).kind).toBe("goes on");
});

test("a rollback of the circuit breaker is a failure, though Terraform calls it a success", () => {
  const back = {
    status: "PRIMARY",
    taskDefinition: OLD,
    rolloutState: "COMPLETED",
    runningCount: 1,
  } as const;
  expect(judgeDeployment(service(back), NEW)).toEqual({
    kind: "failed",
    why: "ECS rolled back to shop:1: shop:2 never became healthy",
  });
  const failed = {
    status: "ACTIVE",
    taskDefinition: NEW,
    rolloutState: "FAILED",
    rolloutStateReason: "circuit breaker",
  } as const;
  expect(judgeDeployment(service(back, failed), NEW)).toEqual({ kind: "failed", why: "circuit breaker" });
});

test("a service that is not there runs nothing", () => {
  expect(judgeDeployment(undefined, NEW).kind).toBe("failed");
  expect(judgeDeployment({ ...service(), status: "INACTIVE" }, NEW).kind).toBe("failed");
  expect(judgeDeployment(service(), NEW).kind).toBe("goes on");
});
