import { type HttpEvent, type HttpResponse, receive } from "../../runner-core/src/webhook";
import { webhookContext } from "../../runner-core/src/webhook-context";

const context = webhookContext(process.env);

/** Answers a webhook of GitHub; behind an HTTP API. */
export async function handler(event: HttpEvent): Promise<HttpResponse> {
  const { webhookSecret } = await context.secret();
  return receive(event, webhookSecret, context);
}
