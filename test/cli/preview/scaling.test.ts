import { setScaling } from "../../../cli/preview/scaling";
import { StandIn } from "../../services/preview-wake/stand-in";

let standIn: StandIn;
const before = { ...process.env };
beforeEach(async () => {
  standIn = await StandIn.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: standIn.url,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
  });
});
afterEach(() => {
  process.env = { ...before };
  standIn.stop();
});

const PLACE = {
  cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/previews",
  service: "preview-pay",
  region: "us-east-1",
};

test("the autoscaling of a service that sleeps rests, and goes on when it wakes", async () => {
  standIn.scaling = "active";
  await setScaling(PLACE, "rest");
  expect(standIn.scaling).toBe("suspended");
  await setScaling(PLACE, "go on");
  expect(standIn.changes).toEqual([
    "RegisterScalableTarget service/previews/preview-pay suspended",
    "RegisterScalableTarget service/previews/preview-pay active",
  ]);
});

test("a service without autoscaling is left as it is", async () => {
  await setScaling(PLACE, "rest");
  expect(standIn.asked).toEqual(["DescribeScalableTargets"]);
  expect(standIn.changes).toEqual([]);
});
