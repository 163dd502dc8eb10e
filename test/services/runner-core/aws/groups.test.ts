import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { autoScalingGroups } from "../../../../services/runner-core/src/aws/groups";

/** States in which Auto Scaling lists an instance. @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html */
const STATES = [
  "Pending",
  "InService",
  "Terminating:Wait",
  "Terminating:Proceed",
  "Terminating",
  "Detaching",
];

let server: Server;

beforeEach(async () => {
  const members = STATES.map(
    (state) =>
      `<member><InstanceId>i-${state}</InstanceId><LifecycleState>${state}</LifecycleState><ProtectedFromScaleIn>false</ProtectedFromScaleIn></member>`,
  ).join("");
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(
      `<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><MinSize>1</MinSize><MaxSize>9</MaxSize><DesiredCapacity>2</DesiredCapacity><Instances>${members}</Instances></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("an instance past the hook is on its way out, and is told nothing at the hook", async () => {
  const client = new AutoScalingClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  const group = await autoScalingGroups(client).group("g");
  const which = (key: "isAtHook" | "isEnding" | "isInService") =>
    group?.members.filter((member) => member[key]).map(({ id }) => id);
  expect(which("isInService")).toEqual(["i-InService"]);
  expect(which("isAtHook")).toEqual(["i-Terminating:Wait"]);
  expect(which("isEnding")).toEqual([
    "i-Terminating:Wait",
    "i-Terminating:Proceed",
    "i-Terminating",
    "i-Detaching",
  ]);
});
