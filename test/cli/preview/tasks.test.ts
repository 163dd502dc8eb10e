import { tasksOf } from "../../../cli/preview/tasks";

const DEFINITION = "arn:aws:ecs:us-east-1:123456789012:task-definition/groundplan-dev-report:7";

test("the tasks of a preview are those of its service, or of its family: never all of the cluster", () => {
  expect(tasksOf({ service: "groundplan-dev-shop", task_definition: DEFINITION })).toEqual({
    serviceName: "groundplan-dev-shop",
  });
  expect(tasksOf({ task_definition: DEFINITION })).toEqual({ family: "groundplan-dev-report" });
  expect(() => tasksOf({})).toThrow("nothing of the preview runs in a task");
  expect(() => tasksOf({ task_definition: "x" })).toThrow("nothing of the preview runs in a task");
});
