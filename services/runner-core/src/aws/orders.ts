import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Orders } from "../ports";

/** The queue of orders in SQS. */
export function sqsOrders(client: SQSClient, QueueUrl: string): Orders {
  return {
    async send(orders) {
      const Entries = orders.map((order, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(order),
      }));
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed;
      // The batch is answered 200 when none of it was taken.
      if (first)
        throw new Error(`SQS did not take ${Failed.length} of ${orders.length} orders: ${first.Code}`);
    },
  };
}
