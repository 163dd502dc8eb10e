import { moneyWords } from "../../../cli/cost/money";
import { sleepSaving } from "../../../cli/cost/sleep";
import { changed, created, priced } from "./made";

const preview = [
  created("aws_lb.web", { subnets: ["a", "b"] }),
  created("aws_ecs_task_definition.api", { family: "api", cpu: "256", memory: "512" }),
  created("aws_ecs_service.api", { launch_type: "FARGATE", desired_count: 1, task_definition: "api" }),
  created("aws_db_instance.db", {
    engine: "postgres",
    instance_class: "db.t4g.micro",
    allocated_storage: 20,
    storage_type: "gp3",
  }),
];

test("tasks and the hours of a database are saved, and nothing else", () => {
  const price = priced(preview);
  // $9.01 of tasks, and $11.68 of the database's hours; its storage of $2.30 stays, and the load balancer.
  expect(moneyWords(sleepSaving(price))).toBe("$20.69");
  expect(moneyWords(sleepSaving(price, { database: false }))).toBe("$9.01");
});

test("half of the month saves half of it", () => {
  const price = priced(preview);
  expect(moneyWords(sleepSaving(price, { hoursAsleep: 365 }))).toBe("$10.35");
  expect(moneyWords(sleepSaving(price, { hoursAsleep: 10_000 }))).toBe("$20.69");
  expect(sleepSaving(price, { hoursAsleep: -1 })).toEqual({ low: 0, high: 0 });
});

test("what does not run, or goes, saves nothing", () => {
  expect(sleepSaving(priced([]))).toEqual({ low: 0, high: 0 });
  const gone = changed("aws_db_instance.db", ["delete"], {
    before: {
      engine: "postgres",
      instance_class: "db.t4g.micro",
      allocated_storage: 20,
      storage_type: "gp3",
    },
    after: null,
  });
  expect(sleepSaving(priced([gone]))).toEqual({ low: 0, high: 0 });
});
