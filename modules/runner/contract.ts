import { defineContract } from "../core";

/** What the runners stack tells the other stacks of its environment, and people. */
export const RUNNERS = defineContract("runners", {
  /** Where GitHub sends webhooks. */
  webhookUrl: "string",

  /** Value of the tag `groundplan:fleet` of the instances. */
  fleet: "string",
  securityGroupId: "string",
  queueName: "string",
  tableName: "string",
});
